/** Requests over a few connections that stay open, with as little of a client as that needs. */
import { Agent, request } from "node:http"

export interface DoorAnswer {
  readonly status: number
  readonly text: string
}

export class Door {
  readonly #port: number
  readonly #agent: Agent

  constructor(port: number, connections: number) {
    this.#port = port
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  ask(method: "GET" | "POST", path: string, token: string, body?: object): Promise<DoorAnswer> {
    const text = body === undefined ? "" : JSON.stringify(body)
    const headers: Record<string, string | number> = { authorization: `Bearer ${token}` }
    if (body !== undefined) {
      headers["content-type"] = "application/json"
      headers["content-length"] = Buffer.byteLength(text)
    }
    return new Promise((resolve, reject) => {
      const agent = this.#agent
      const asked = request({ host: "127.0.0.1", port: this.#port, method, path, agent, headers }, (answer) => {
        let said = ""
        answer.setEncoding("utf8")
        answer.on("data", (chunk: string) => (said += chunk))
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: said }))
      })
      asked.on("error", reject)
      asked.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

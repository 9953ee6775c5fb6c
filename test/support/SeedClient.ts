/**
 * A device's program as somebody writes it who has read the seed and nothing else: registers with five fields, says every so
 * often that it is there, publishes JSON under the topic it was given and hears what is said under it. It knows no keys, no
 * sessions and no versions.
 */
import { connectAsync, type MqttClient } from "mqtt"

export interface SeedConfig {
  readonly cloud_api_url: string
  readonly device_name: string
  readonly mac_address: string
  readonly serial_number: string
  readonly branch_code: string
}

export interface SeedAnswer {
  readonly status: number
  readonly body: unknown
}

interface Registered {
  readonly device_id: string
  readonly device_token: string
  readonly mqtt_config: { readonly broker: string; readonly port: number; readonly topic: string }
}

export class SeedClient {
  readonly #config: SeedConfig
  #registered: Registered | undefined
  #mqtt: MqttClient | undefined
  /** Topics and payloads it has heard. */
  readonly heard: Array<readonly [topic: string, payload: string]> = []

  constructor(config: SeedConfig) {
    this.#config = config
  }

  get registered(): Registered {
    if (this.#registered === undefined) throw new Error("Device not registered")
    return this.#registered
  }

  async #post(path: string, body: object, token?: string): Promise<SeedAnswer> {
    const response = await fetch(`${this.#config.cloud_api_url}${path}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }

  async register(): Promise<SeedAnswer> {
    const { cloud_api_url: _, ...device } = this.#config
    const answer = await this.#post("/devices/register", { ...device, firmware_version: "1.0.0" })
    if (answer.status === 200) this.#registered = answer.body as Registered
    return answer
  }

  sendHeartbeat(ip_address = "unknown", as = this.registered): Promise<SeedAnswer> {
    const path = `/devices/${as.device_id}/heartbeat`
    return this.#post(path, { status: "online", ip_address }, as.device_token)
  }

  /** The login at the broker is what registering gave. */
  async connect(): Promise<void> {
    const { device_id: username, device_token: password, mqtt_config } = this.registered
    const { broker, port, topic } = mqtt_config
    const client = await connectAsync(`mqtt://${broker}:${port}`, { username, password, reconnectPeriod: 0 })
    client.on("message", (at, payload) => void this.heard.push([at, payload.toString()]))
    this.#mqtt = client
    await client.subscribeAsync(`${topic}/commands`, { qos: 1 })
  }

  /** Says something under its own topic, at QoS 1. */
  async publish(leaf: string, payload: object): Promise<void> {
    await this.#mqtt?.publishAsync(`${this.registered.mqtt_config.topic}/${leaf}`, JSON.stringify(payload), { qos: 1 })
  }

  async disconnect(): Promise<void> {
    await this.#mqtt?.endAsync()
  }
}

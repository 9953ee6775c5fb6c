/** A bare node:http handler that reads a body and answers as many bytes as a rental is, and nothing else. */
import { createServer } from "node:http"

const answer = JSON.stringify({ rental: { id: "", state: "unlocking", open: true, filler: "x".repeat(400) } })

const server = createServer((request, response) => {
  request.resume()
  request.on("end", () => {
    response.setHeader("content-type", "application/json")
    response.end(answer)
  })
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  console.log(JSON.stringify({ listening: typeof address === "object" ? address?.port : 0 }))
})

/** The first limit: a bare mqtt.js subscriber that counts what devices say of their facts and stores nothing. */
import { connectAsync } from "mqtt"
import { createInterface } from "node:readline"

let messages = 0
let firstMs = 0
let lastMs = 0

const client = await connectAsync(`mqtt://127.0.0.1:${process.argv[2]}`, { protocolVersion: 4, clean: true })
client.on("message", () => {
  lastMs = performance.now()
  if (messages === 0) firstMs = lastMs
  messages += 1
})
await client.subscribeAsync("cartwise/+/+/devices/+/events", { qos: 1 })
console.log(JSON.stringify({ subscribed: true }))
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ heard: { messages, seconds: (lastMs - firstMs) / 1_000 } }))
  messages = 0
}
process.exit(0)

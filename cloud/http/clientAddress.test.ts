import { assert, describe, it } from "@effect/vitest"
import { clientAddress } from "./clientAddress.ts"

const proxies = new Set(["10.0.0.1", "10.0.0.2"])

describe("the address of a client", () => {
  it("is that of the connection when nobody stands before the cloud, whatever a header says", () => {
    assert.strictEqual(clientAddress("192.0.2.9", "198.51.100.7", new Set()), "192.0.2.9")
    assert.strictEqual(clientAddress("192.0.2.9", "10.0.0.1", proxies), "192.0.2.9")
  })

  it("is what a proxy of ours says, through as many of them as stand there", () => {
    assert.strictEqual(clientAddress("10.0.0.1", "198.51.100.7", proxies), "198.51.100.7")
    assert.strictEqual(clientAddress("::ffff:10.0.0.1", "198.51.100.7, 10.0.0.2", proxies), "198.51.100.7")
  })

  it("is never what the client wrote before the proxy added what it saw", () => {
    assert.strictEqual(clientAddress("10.0.0.1", "127.0.0.1, 10.0.0.2, 198.51.100.7", proxies), "198.51.100.7")
  })

  it("is the proxy's own when that says nothing", () => {
    assert.strictEqual(clientAddress("10.0.0.1", undefined, proxies), "10.0.0.1")
    assert.strictEqual(clientAddress("10.0.0.1", " , ", proxies), "10.0.0.1")
  })
})

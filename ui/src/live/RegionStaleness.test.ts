import { assert, describe, it } from "vitest"
import { isRegionStale } from "./RegionStaleness.ts"

const gone = { twinIsStale: true, pageIsLive: true }

describe("a region of a stale twin", () => {
  it("CW-MQTT-127: is old if the edge writes it: never a good colour by default", () => {
    assert.isTrue(isRegionStale("device", "health", gone))
    assert.isTrue(isRegionStale("bay", "latch", gone))
    assert.isTrue(isRegionStale("cart", "dock", gone))
    assert.isTrue(isRegionStale("controller", "link", gone))
  })

  it("is not if the cloud writes it: that a device is offline is no old news", () => {
    assert.isFalse(isRegionStale("device", "connection", gone))
    assert.isFalse(isRegionStale("cart", "custody", gone))
  })

  it("is old on a page that hears nothing, whoever writes it, and fresh when all is well", () => {
    for (const region of ["connection", "health"]) {
      assert.isTrue(isRegionStale("device", region, { twinIsStale: false, pageIsLive: false }))
      assert.isFalse(isRegionStale("device", region, { twinIsStale: false, pageIsLive: true }))
    }
  })
})

/** Starts the shopper's page. */
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import "./shopper.css"
import { ShopperApp } from "./ShopperApp.tsx"
import { shopperPlace } from "./ShopperPlace.ts"

const root = document.getElementById("root")
const place = shopperPlace(location.pathname)
if (root !== null && place !== undefined) {
  document.documentElement.dataset["seat"] = place.seat
  createRoot(root).render(
    <StrictMode>
      <ShopperApp place={place} />
    </StrictMode>,
  )
}

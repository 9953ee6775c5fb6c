/** What a cart counts as for whoever runs a shop: one word for where it stands and who may have it. Pure. */
import { Schema } from "effect"

/**
 * `available`: latched in its bay, for anybody. `reserved`: somebody's, and not gone yet. `out` and `overdue`: with a shopper.
 * `astray`: nobody's, and not latched in its bay. The others are what people say of a cart.
 */
export const CartGroup = Schema.Literals([
  "available",
  "reserved",
  "out",
  "overdue",
  "astray",
  "maintenance",
  "missing",
  "retired",
])
export type CartGroup = typeof CartGroup.Type

const byCustody: Readonly<Record<string, CartGroup>> = {
  reserved: "reserved",
  rented: "out",
  overdue: "overdue",
  maintenance: "maintenance",
  missing: "missing",
  retired: "retired",
}

/** The group of a cart by the regions of its twin. */
export const cartGroupOf = ({ dock, custody }: { readonly dock: string; readonly custody: string }): CartGroup =>
  byCustody[custody] ?? (dock === "secured" && custody === "available" ? "available" : "astray")

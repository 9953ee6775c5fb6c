/** What one status request to a board came to. A silent or garbled board is a value like any other. */
export type StatusRead =
  | { readonly _tag: "Answer"; readonly hooks: number; readonly presence: number; readonly atMs: number }
  | { readonly _tag: "NoAnswer" }
  | { readonly _tag: "Garbled" }
  | { readonly _tag: "PortDown"; readonly reason: string }
  | { readonly _tag: "QueueFull" }

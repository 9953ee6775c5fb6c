/**
 * The drawings of the machines, each a file of its own that is fetched when first needed. They are generated from the
 * machines (`npm run docs`) and a test keeps them equal.
 */
import { queryOptions } from "@tanstack/react-query"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { ChartDrawing } from "#twins/chart/Drawing.ts"

type DrawingModule = { readonly default: unknown }

const files: Readonly<Record<TwinKind, () => Promise<DrawingModule>>> = {
  bay: () => import("./generated/bay.json"),
  cart: () => import("./generated/cart.json"),
  controller: () => import("./generated/controller.json"),
  device: () => import("./generated/device.json"),
  rental: () => import("./generated/rental.json"),
}

/** True for what our own generator writes; the files are ours, so their shape is not doubted further. */
const isDrawing = (value: unknown): value is ChartDrawing =>
  typeof value === "object" && value !== null && "states" in value && "edges" in value

export const drawingQuery = (kind: TwinKind) =>
  queryOptions({
    queryKey: ["drawing", kind],
    queryFn: async (): Promise<ChartDrawing> => {
      const { default: drawing } = await files[kind]()
      if (!isDrawing(drawing)) throw new TypeError(`charts/generated/${kind}.json is not a drawing`)
      return drawing
    },
    staleTime: Infinity,
  })

/**
 * Generates the statecharts that the dashboard draws: `ui/src/charts/generated/<kind>.json`, from the machines.
 */
import { TwinKind } from "#core/domain/Ids.ts"
import { chartOf } from "#twins/chart/Chart.ts"
import { layOut } from "./ChartLayout.ts"

/** Path, relative to the repository, of the drawing of a kind of twin. */
export const drawingPath = (kind: TwinKind): string => `ui/src/charts/generated/${kind}.json`

/** The drawings as files. */
export const pages = async (): Promise<ReadonlyArray<{ readonly path: string; readonly text: string }>> =>
  await Promise.all(
    TwinKind.literals.map(async (kind) => ({
      path: drawingPath(kind),
      text: `${JSON.stringify(await layOut(chartOf(kind)))}\n`,
    })),
  )

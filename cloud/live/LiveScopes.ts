/** Which twins belong to what a client subscribed to. Pure. */
import type { LiveScope, Twin } from "#core/api/Twins.ts"
import type { AlarmScope } from "#core/domain/Alarm.ts"

/** What decides about a twin, or about something said of one. */
export interface Place extends Pick<Twin, "id" | "chain_id"> {
  readonly kind: AlarmScope
  readonly branch_id: Twin["branch_id"] | null
}

/** True if the twin belongs to the scope. */
export const isInScope = (scope: LiveScope, twin: Place): boolean => {
  switch (scope.scope) {
    case "all":
      return true
    case "chain":
      return twin.chain_id === scope.id
    case "branch":
      return twin.branch_id === scope.id
    case "twin":
      return twin.kind === scope.twin.kind && twin.id === scope.twin.id
  }
}

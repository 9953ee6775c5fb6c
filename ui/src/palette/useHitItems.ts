/** What was found, as lines of the palette: each thing with the way to it, and bays with their unlock. */
import { useNavigate } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { Cpu, Handshake, LockKeyhole, LockOpen, MapPin, ScanSearch, ShoppingCart } from "lucide-react"
import { useCallback } from "react"
import { may } from "#core/access/may.ts"
import type { SearchHit } from "#core/api/Search.ts"
import { sessionAtom } from "../api/Session.ts"
import { scopeText } from "../scope/Scope.ts"
import { useWords } from "../words/Language.ts"
import type { PaletteItem } from "./PaletteItem.ts"

const icons = { branch: MapPin, bay: LockKeyhole, cart: ShoppingCart, device: Cpu, rental: Handshake } as const

/** The bay that a hit stands for, by its label. */
const bayOf = ({ kind, label, detail, bay_id }: SearchHit) =>
  bay_id === null ? undefined : { id: bay_id, label: kind === "bay" ? label : (detail ?? "") }

/** Turns hits into lines; unlocking is offered for all of them if it was asked for, else for the best bay. */
export const useHitItems = (): ((hits: ReadonlyArray<SearchHit>, isUnlock: boolean) => ReadonlyArray<PaletteItem>) => {
  const { palette, panel } = useWords()
  const navigate = useNavigate()
  const user = useAtom(sessionAtom)?.user
  return useCallback(
    (hits, isUnlock) => {
      const toBay = (hit: SearchHit, bay: string, ask: { readonly ask?: "unlock" }) =>
        void navigate({ to: "/branches/$branchId", params: { branchId: hit.branch_id }, search: { bay, ...ask } })

      const goTo = (hit: SearchHit): void => {
        const { kind, id, bay_id } = hit
        if (kind === "branch") return void navigate({ to: "/branches/$branchId", params: { branchId: id }, search: {} })
        if (kind === "device") return void navigate({ to: "/devices/$deviceId", params: { deviceId: id } })
        if (kind === "bay" && bay_id !== null) return toBay(hit, bay_id, {})
        return void navigate({ to: "/twins/$kind/$id", params: { kind, id }, search: {} })
      }

      const said = ({ kind, detail, branch_name }: SearchHit): string => {
        if (kind === "branch") return detail ?? ""
        const own = detail === null ? [] : [detail]
        if (kind === "bay") return [branch_name, ...own.map(palette.withCart)].join(" · ")
        return [branch_name, ...(kind === "cart" ? own.map(palette.inBay) : own)].join(" · ")
      }

      const found = hits.map((hit): PaletteItem => {
        const { kind, id, label } = hit
        const title = kind === "branch" || kind === "device" ? label : `${panel[kind]} ${label}`
        return { key: `${kind}-${id}`, group: kind, title, detail: said(hit), Icon: icons[kind], run: () => goTo(hit) }
      })

      const placed = new Map(
        hits.flatMap((hit) => {
          const bay = bayOf(hit)
          const allowed =
            user !== undefined && may(user, "bay.unlock", { chainId: hit.chain_id, branchId: hit.branch_id })
          return bay === undefined || !allowed ? [] : [[bay.id, { hit, bay }] as const]
        }),
      )
      const unlocks = [...placed.values()].slice(0, isUnlock ? undefined : 1).map(({ hit, bay }): PaletteItem => ({
        key: `unlock-${bay.id}`,
        group: "actions",
        title: palette.unlock(bay.label),
        detail: hit.branch_name,
        Icon: LockOpen,
        run: () => toBay(hit, bay.id, { ask: "unlock" }),
      }))
      const scopes = hits
        .filter(({ kind }) => kind === "branch")
        .map(({ id, label }): PaletteItem => ({
          key: `scope-${id}`,
          group: "actions",
          title: palette.showOnly(label),
          Icon: ScanSearch,
          run: () => void navigate({ to: ".", search: (before) => ({ ...before, scope: scopeText("branch", id) }) }),
        }))
      return isUnlock ? [...unlocks, ...found] : [...found, ...unlocks, ...scopes]
    },
    [navigate, palette, panel, user],
  )
}

/** The numbers that say how everything shown stands. */
import { Link, linkOptions } from "@tanstack/react-router"
import type { AlarmStanding, Overview } from "#core/api/Overview.ts"
import { severityOrder } from "../alarms/alarmGroups.ts"
import { SeverityChip } from "../alarms/SeverityChip.tsx"
import { useLanguage, useWords } from "../words/Language.ts"
import type { Look, Tone } from "../words/StateLook.ts"
import { Tile } from "./Tile.tsx"

interface Props {
  readonly overview: Overview
  readonly stale: boolean
}

const look = (tone: Tone, picture: Look["picture"]): Look => ({ tone, picture })
const fine = look("good", "fine")

export const KpiTiles = ({ overview: { carts, devices, rentals, unlocks, alarms }, stale }: Props) => {
  const { overview: words } = useWords()
  const language = useLanguage()
  const number = (value: number) => new Intl.NumberFormat(language).format(value)
  const known = unlocks.confirmed + unlocks.failed
  const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 })
  const away = devices.total - devices.online
  /** Bad as soon as there is one. */
  const ifAny = (count: number, bad: Look): Look => (count === 0 ? fine : bad)
  return (
    <ul aria-label={words.numbers} className="grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-5">
      <Tile
        title={words.available}
        value={number(carts.available)}
        detail={words.ofTotal(carts.total)}
        look={look(carts.available === 0 ? "bad" : "good", "parked")}
        stale={stale}
        link={linkOptions({ to: "/carts", search: { show: "available" } })}
      />
      <Tile
        title={words.out}
        value={number(carts.out)}
        detail={words.withShoppers}
        look={look("away", "out")}
        stale={stale}
        link={linkOptions({ to: "/carts", search: { show: "out" } })}
      />
      <Tile
        title={words.overdue}
        value={number(rentals.overdue)}
        detail={words.openRentals(rentals.open)}
        look={ifAny(rentals.overdue, look("bad", "waiting"))}
        stale={stale}
        link={linkOptions({ to: "/rentals", search: { group: "overdue" } })}
      />
      <Tile
        title={words.attention}
        value={number(rentals.attention)}
        look={ifAny(rentals.attention, look("warn", "alert"))}
        stale={stale}
        link={linkOptions({ to: "/rentals", search: { group: "attention" } })}
      />
      <Tile
        title={words.rentalsToday}
        value={number(rentals.begun_today)}
        detail={words.endedToday(rentals.ended_today)}
        look={look("away", "fine")}
        stale={stale}
        link={linkOptions({ to: "/rentals", search: { group: "today" } })}
      />
      <Tile
        title={words.unlockSuccess}
        value={known === 0 ? "–" : share.format(unlocks.confirmed / known)}
        detail={words.unlocksToday(known)}
        look={ifAny(unlocks.failed, look("warn", "jammed"))}
        stale={stale}
        link={linkOptions({ to: "/commands", search: { kind: "unlock" } })}
      />
      <Tile
        title={words.devicesOnline}
        value={number(devices.online)}
        detail={words.ofTotal(devices.total)}
        look={ifAny(away, look("bad", "cut"))}
        stale={stale}
        link={linkOptions({ to: "/devices", search: away === 0 ? {} : { show: "away" } })}
      />
      <Tile
        title={words.stale}
        value={number(carts.stale)}
        detail={words.staleLead}
        look={ifAny(carts.stale, look("warn", "unknown"))}
        stale={stale}
        link={linkOptions({ to: "/carts", search: { show: "stale" } })}
      />
      <Tile
        title={words.astray}
        value={number(carts.astray)}
        detail={words.astrayLead}
        look={ifAny(carts.astray, look("warn", "alert"))}
        stale={stale}
        link={linkOptions({ to: "/carts", search: { show: "astray" } })}
      />
      <Tile
        title={words.outOfService}
        value={number(carts.maintenance)}
        detail={words.missing(carts.missing)}
        look={ifAny(carts.maintenance + carts.missing, look("warn", "wrench"))}
        stale={stale}
        link={linkOptions({
          to: "/carts",
          search: { show: carts.maintenance === 0 && carts.missing > 0 ? "missing" : "maintenance" },
        })}
      />
      <OpenAlarms alarms={alarms} />
    </ul>
  )
}

/** Each severity leads to its own alarms. */
const OpenAlarms = ({ alarms }: { readonly alarms: AlarmStanding }) => {
  const { overview: words } = useWords()
  return (
    <li className="col-span-full flex flex-wrap items-center gap-x-5 gap-y-2 rounded-lg border border-line bg-surface px-3.5 py-2.5">
      <h2 className="text-xs text-dim">{words.alarms}</h2>
      {severityOrder.map((severity) => (
        <Link
          key={severity}
          to="/alarms"
          search={{ severity }}
          className={`flex items-center gap-2 rounded-md px-1 py-0.5 hover:bg-sunken ${alarms[severity] === 0 ? "grayscale" : ""}`}
        >
          <SeverityChip severity={severity} />
          <span className="font-semibold tabular-nums">{alarms[severity]}</span>
        </Link>
      ))}
    </li>
  )
}

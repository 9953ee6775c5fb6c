/**
 * One twin: its statechart, live, and beside it what happened, what it remembers, why it would refuse what, and a copy of
 * it to try things on.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import type { Twin } from "#core/api/Twins.ts"
import { TwinKind } from "#core/domain/Ids.ts"
import { regionsOf } from "#twins/Regions.ts"
import { branchesQuery, devicesQuery, twinQuery } from "../api/Queries.ts"
import { AlarmsOf } from "../alarms/AlarmsOf.tsx"
import { Chip } from "../lib/Chip.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useFollow } from "../live/Live.tsx"
import { StaleNotice } from "../live/StaleNotice.tsx"
import { useAge, useRegionStale, useTwin } from "../live/useTwin.ts"
import { ZoneContext } from "../live/Zone.ts"
import { TwinBody } from "../twin/TwinBody.tsx"
import { sinceText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"
import { twinLabel } from "../words/twinLabel.ts"
import { NotFoundPage } from "./NotFoundPage.tsx"

const from = "/frame/twins/$kind/$id" as const

export const TwinPage = () => {
  const { kind, id } = useParams({ from })
  const known = TwinKind.literals.find((name) => name === kind)
  return known === undefined ? <NotFoundPage /> : <TwinOf key={`${kind}/${id}`} kind={known} id={id} />
}

const TwinOf = ({ kind, id }: { readonly kind: TwinKind; readonly id: string }) => {
  const words = useWords()
  useFollow({ scope: "twin", twin: { kind, id } })
  const asked = useQuery(twinQuery(kind, id))
  const twin = useTwin(kind, id)
  const branches = useQuery(branchesQuery)
  if (asked.error !== null && twin === undefined) {
    return (
      <div className="p-4 lg:p-6">
        <ProblemNotice error={asked.error} onRetry={() => void asked.refetch()} />
      </div>
    )
  }
  if (twin === undefined) return <p className="p-6 text-dim">{words.loading}</p>
  const branch = branches.data?.find(({ id }) => id === twin.branch_id)
  return (
    <ZoneContext value={branch?.timezone}>
      <title>{pageTitle(words.twinPage.of(words.panel[kind], twinLabel(kind, twin.label)))}</title>
      <div className="space-y-4 p-4 lg:p-6">
        <TwinHeader twin={twin} />
        <StaleNotice twin={twin} />
        <TwinBody twin={twin} />
      </div>
    </ZoneContext>
  )
}

const RegionChip = ({ twin, region }: { readonly twin: Twin; readonly region: string }) => {
  const words = useWords()
  const stale = useRegionStale(twin, region)
  const path = statePath(twin.value, region)
  return (
    <Chip look={lookOf(twin.kind, path)} stale={stale}>
      {stateWord(words, twin.kind, path)}
    </Chip>
  )
}

const TwinHeader = ({ twin }: { readonly twin: Twin }) => {
  const words = useWords()
  const age = useAge(twin.changed_at)
  const { kind, label } = twin
  return (
    <div className="space-y-2">
      <h1 className="text-lg font-semibold">
        {words.panel[kind]} <bdi dir="auto">{twinLabel(kind, label)}</bdi>
      </h1>
      <div className="flex flex-wrap items-center gap-1.5">
        {regionsOf(kind).map(({ name }) => (
          <RegionChip key={name} twin={twin} region={name} />
        ))}
        <span className="text-xs text-dim">
          {sinceText(words.age, age)} · <bdi dir="ltr">r{twin.revision}</bdi>
        </span>
      </div>
      <TwinPlaces twin={twin} />
      <AlarmsOf id={twin.id} />
    </div>
  )
}

const linkClasses = "text-accent underline underline-offset-2"

const TwinPlaces = ({ twin }: { readonly twin: Twin }) => {
  const words = useWords()
  const branches = useQuery(branchesQuery)
  const devices = useQuery(devicesQuery)
  const branch = branches.data?.find(({ id }) => id === twin.branch_id)
  const deviceId = twin.kind === "device" ? twin.id : twin.device_id
  const device = devices.data?.find(({ id }) => id === deviceId)
  return (
    <p className="flex flex-wrap gap-x-4 text-sm text-dim">
      {branch === undefined ? null : (
        <span>
          {words.twinPage.branch}:{" "}
          <Link
            to="/branches/$branchId"
            params={{ branchId: branch.id }}
            search={twin.kind === "bay" ? { bay: twin.id } : {}}
            className={linkClasses}
          >
            <bdi>{branch.name}</bdi>
          </Link>
        </span>
      )}
      {device === undefined ? null : (
        <span>
          {words.twinPage.device}:{" "}
          <Link to="/devices/$deviceId" params={{ deviceId: device.id }} className={linkClasses}>
            <bdi>{device.device_name}</bdi>
          </Link>
        </span>
      )}
    </p>
  )
}

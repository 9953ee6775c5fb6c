/**
 * One twin: its statechart, live, and beside it what happened, what it remembers, why it would refuse what, and a copy of
 * it to try things on.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { Tabs } from "radix-ui"
import type { Twin } from "#core/api/Twins.ts"
import { TwinKind } from "#core/domain/Ids.ts"
import { regionsOf } from "#twins/Regions.ts"
import { branchesQuery, devicesQuery, twinEventsQuery, twinQuery } from "../api/Queries.ts"
import { EventList } from "../charts/EventList.tsx"
import { StatechartBoard } from "../charts/StatechartPanel.tsx"
import { Chip } from "../lib/Chip.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { clockAtom } from "../live/Clock.ts"
import { useFollow } from "../live/Live.tsx"
import { StaleNotice } from "../live/StaleNotice.tsx"
import { useAge, useStaleness, useTwin } from "../live/useTwin.ts"
import { ZoneContext } from "../live/Zone.ts"
import { storedTwin } from "../twin/storedTwin.ts"
import { TwinMemory } from "../twin/TwinMemory.tsx"
import { sandboxEvents, type SandboxControl, useSandbox } from "../twin/useSandbox.ts"
import { WhatIf } from "../twin/WhatIf.tsx"
import { WhyNotList } from "../twin/WhyNotList.tsx"
import { sinceText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"
import { NotFoundPage } from "./NotFoundPage.tsx"
import { type TwinView, twinViews } from "./TwinSearch.ts"

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
      <title>{pageTitle(words.twinPage.of(words.panel[kind], twin.label))}</title>
      <div className="space-y-4 p-4 lg:p-6">
        <TwinHeader twin={twin} />
        <StaleNotice twin={twin} />
        <TwinBody twin={twin} />
      </div>
    </ZoneContext>
  )
}

const TwinHeader = ({ twin }: { readonly twin: Twin }) => {
  const words = useWords()
  const stale = useStaleness(twin) !== undefined
  const age = useAge(twin.changed_at)
  const { kind, label } = twin
  return (
    <div className="space-y-2">
      <h1 className="text-lg font-semibold">
        {words.panel[kind]} <bdi dir="auto">{label}</bdi>
      </h1>
      <div className="flex flex-wrap items-center gap-1.5">
        {regionsOf(kind).map(({ name }) => {
          const path = statePath(twin.value, name)
          return (
            <Chip key={name} look={lookOf(kind, path)} stale={stale}>
              {stateWord(words, kind, path)}
            </Chip>
          )
        })}
        <span className="text-xs text-dim">
          {sinceText(words.age, age)} · <bdi dir="ltr">r{twin.revision}</bdi>
        </span>
      </div>
      <TwinPlaces twin={twin} />
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

const TwinBody = ({ twin }: { readonly twin: Twin }) => {
  const { view = "history" } = useSearch({ from })
  const navigate = useNavigate({ from: "/twins/$kind/$id" })
  const words = useWords()
  const sandbox = useSandbox()
  const { kind, id, revision } = twin
  const events = useQuery(twinEventsQuery(kind, id, revision))
  const playing = view === "whatIf" ? sandbox.current : undefined
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_28rem]">
      <section
        aria-label={words.chart.title}
        data-sandbox={playing !== undefined}
        className="rounded-lg border border-line bg-surface py-3 data-[sandbox=true]:border-dashed data-[sandbox=true]:border-warn"
      >
        {playing === undefined ? (
          <StatechartBoard kind={kind} version={twin.version} value={twin.value} events={events.data ?? []} />
        ) : (
          <StatechartBoard
            kind={kind}
            version={playing.stored.version}
            value={playing.stored.value}
            events={sandboxEvents(playing)}
          />
        )}
      </section>
      <Tabs.Root
        value={view}
        onValueChange={(name) => {
          const view = twinViews.find((one) => one === name)
          if (view !== undefined) void navigate({ search: view === "history" ? {} : { view }, resetScroll: false })
        }}
        className="rounded-lg border border-line bg-surface"
      >
        <Tabs.List aria-label={words.twinPage.open} className="flex overflow-x-auto border-b border-line px-2">
          {twinViews.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px h-10 shrink-0 border-b-2 border-transparent px-3 text-sm text-dim hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
            >
              {words.twinPage.views[name]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={view} className="p-4">
          <ViewOf view={view} twin={twin} events={events.data} sandbox={sandbox} />
        </Tabs.Content>
      </Tabs.Root>
    </div>
  )
}

interface ViewProps {
  readonly view: TwinView
  readonly twin: Twin
  readonly events: Parameters<typeof EventList>[0]["events"]
  readonly sandbox: SandboxControl
}

const ViewOf = ({ view, twin, events, sandbox }: ViewProps) => {
  const words = useWords()
  const nowMs = useAtom(clockAtom, ({ serverMs }) => Math.floor(serverMs / 10_000) * 10_000)
  if (view === "history") return <EventList events={events} />
  if (view === "memory") return <TwinMemory twin={twin} />
  const stored = storedTwin(twin)
  if (stored === undefined) return <p className="text-sm text-dim">{words.refusals["unreadable"]}</p>
  if (view === "why") return <WhyNotList stored={stored} nowMs={nowMs} />
  return <WhatIf stored={stored} nowMs={nowMs} control={sandbox} />
}

/**
 * The live socket in React: one per session, opened by the frame; pages say which scope they show.
 */
import { useAtom } from "@xstate/store-react"
import { createContext, type ReactNode, useContext, useEffect, useState } from "react"
import type { LiveScope } from "#core/api/Twins.ts"
import { call } from "../api/Client.ts"
import type { Session } from "../api/Session.ts"
import { startClock } from "./Clock.ts"
import { openLiveSocket, type LiveSocket } from "./LiveSocket.ts"
import { isLiveAtom } from "./LiveState.ts"
import { twinStore } from "./TwinStore.ts"

const LiveContext = createContext<LiveSocket | undefined>(undefined)

const liveUrl = (): string => `${location.origin.replace(/^http/u, "ws")}/api/live`

const liveTicket = async (): Promise<string> => (await call(({ profile }) => profile.liveTicket())).ticket

/** Asks who is signed in: a session that is over ends with the answer. */
const stillSignedIn = (): Promise<unknown> => call(({ profile }) => profile.get()).catch(() => undefined)

/** Opens the socket for a session and closes it, forgetting all twins, when the session ends. */
export const LiveProvider = ({ session, children }: { readonly session: Session; readonly children: ReactNode }) => {
  const [socket, setSocket] = useState<LiveSocket>()
  useEffect(() => {
    const stopClock = startClock()
    const opened = openLiveSocket({ url: liveUrl(), ticket: liveTicket, onUnauthorized: () => void stillSignedIn() })
    setSocket(opened)
    return () => {
      opened.stop()
      stopClock()
      twinStore.clear()
    }
  }, [session.since])
  return <LiveContext value={socket}>{children}</LiveContext>
}

/** Keeps a scope followed while the component is shown. */
export const useFollow = (scope: LiveScope): void => {
  const socket = useContext(LiveContext)
  const key = JSON.stringify(scope)
  useEffect(() => {
    const same: LiveScope = JSON.parse(key)
    return socket?.follow(same)
  }, [socket, key])
}

/** True while values may be shown as live. */
export const useIsLive = (): boolean => useAtom(isLiveAtom)

/**
 * Theme, language and the way out, in one menu.
 */
import { useAtom } from "@xstate/store-react"
import { Link } from "@tanstack/react-router"
import { LogOut, Settings2, UserRound } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import { StaffRole } from "#core/access/Capability.ts"
import { signOut } from "../api/Client.ts"
import { type Session, sessionAtom } from "../api/Session.ts"
import { useWords } from "../words/Language.ts"
import { itemClasses, PreferenceChoices } from "./PreferenceChoices.tsx"

/** The roles somebody was given, each once. */
const rolesOf = ({ grants }: Session["user"]): ReadonlyArray<StaffRole> =>
  StaffRole.literals.filter((role) => grants.some((grant) => grant.role === role))

export const PreferencesMenu = () => {
  const words = useWords()
  const session = useAtom(sessionAtom)
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label={words.frame.preferences}
        className="grid size-8 place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink"
      >
        <Settings2 aria-hidden className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="fading-in z-50 w-56 rounded-lg border border-line bg-surface p-1 shadow-float"
        >
          {session === undefined ? null : (
            <div className="border-b border-line px-2 pt-1.5 pb-2 text-sm">
              <p className="truncate font-medium" dir="auto">
                {session.user.name}
              </p>
              <p className="truncate text-xs text-dim" dir="ltr">
                {session.user.email}
              </p>
              <p className="text-xs text-dim">
                {rolesOf(session.user)
                  .map((role) => words.roles[role])
                  .join(" · ")}
              </p>
            </div>
          )}
          <PreferenceChoices />
          {session === undefined ? null : (
            <>
              <DropdownMenu.Separator className="my-1 h-px bg-line" />
              <DropdownMenu.Item className={itemClasses} asChild>
                <Link to="/profile">
                  <UserRound aria-hidden className="size-4 text-dim" />
                  {words.staff.profile.title}
                </Link>
              </DropdownMenu.Item>
              <DropdownMenu.Item className={itemClasses} onSelect={signOut}>
                <LogOut aria-hidden className="size-4 text-dim rtl:-scale-x-100" />
                {words.frame.signOut}
              </DropdownMenu.Item>
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

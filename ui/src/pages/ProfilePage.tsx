/** Oneself: what one may do, and how well one's way in is guarded. */
import { useQuery } from "@tanstack/react-query"
import { StaffRole } from "#core/access/Capability.ts"
import type { Profile } from "#core/api/Staff.ts"
import { profileQuery } from "../api/StaffQueries.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { PasswordSection } from "../staff/PasswordSection.tsx"
import { SecondFactorSection } from "../staff/SecondFactorSection.tsx"
import { usePlaces } from "../staff/usePlaces.ts"
import { useWords } from "../words/Language.ts"

export const ProfilePage = () => {
  const { loading, staff } = useWords()
  const asked = useQuery(profileQuery)
  const { profile: words } = staff
  return (
    <div className="max-w-3xl space-y-5 p-4 lg:p-6">
      <title>{pageTitle(words.title)}</title>
      <h1 className="text-lg font-semibold">{words.title}</h1>
      {asked.error === null ? null : <ProblemNotice error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.data === undefined ? (
        asked.error === null ? (
          <p className="text-dim">{loading}</p>
        ) : null
      ) : (
        <>
          <ProfileFacts profile={asked.data} />
          <SecondFactorSection profile={asked.data} />
          <PasswordSection />
        </>
      )}
    </div>
  )
}

const ProfileFacts = ({ profile }: { readonly profile: Profile }) => {
  const words = useWords()
  const { users, profile: own } = words.staff
  const { nameOf } = usePlaces()
  const given = StaffRole.literals.flatMap((role) =>
    profile.grants.filter((grant) => grant.role === role).map((grant) => ({ role, place: nameOf(grant) })),
  )
  return (
    <dl className="grid grid-cols-1 gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4 text-sm sm:grid-cols-2">
      <Fact name={users.name}>
        <bdi>{profile.name}</bdi>
      </Fact>
      <Fact name={users.email}>
        <bdi dir="ltr" className="break-all">
          {profile.email}
        </bdi>
      </Fact>
      <div className="min-w-0 sm:col-span-2">
        <dt className="text-2xs text-dim">{own.roles}</dt>
        <dd>
          <ul>
            {given.map(({ role, place }) => (
              <li key={`${role} ${place}`}>
                {words.roles[role]} · <bdi>{place}</bdi>
              </li>
            ))}
          </ul>
        </dd>
      </div>
    </dl>
  )
}

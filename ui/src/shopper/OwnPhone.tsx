/** The page on somebody's own phone: a number is proved once, then the phone is signed in for as long as its token lasts. */
import { useCallback, useState } from "react"
import type { BranchNow } from "#core/api/ShopperRecords.ts"
import { forgetShopper, remember, remembered, type SignedIn } from "./Remembered.ts"
import { RentalView } from "./RentalView.tsx"
import { SignIn } from "./SignIn.tsx"

interface Who extends SignedIn {
  readonly isNew: boolean
}

export const OwnPhone = ({ branch }: { readonly branch: BranchNow }) => {
  const [who, setWho] = useState<Who | undefined>(() => {
    const known = remembered(branch.chain_name, Date.now())
    return known === undefined ? undefined : { ...known, isNew: false }
  })
  const signOut = useCallback(() => {
    forgetShopper()
    setWho(undefined)
  }, [])
  if (who === undefined) {
    return (
      <SignIn
        seat="own_phone"
        branch={branch}
        onSignedIn={({ access_token, expires_in, shopper }) => {
          const signedIn: SignedIn = {
            token: access_token,
            phone_masked: shopper.phone_masked,
            chain_name: branch.chain_name,
            expires_at: Date.now() + expires_in * 1_000,
          }
          remember(signedIn)
          setWho({ ...signedIn, isNew: true })
        }}
      />
    )
  }
  return (
    <RentalView
      seat="own_phone"
      branch={branch}
      token={who.token}
      phoneMasked={who.phone_masked}
      takesAtOnce={who.isNew}
      onSignOut={signOut}
    />
  )
}

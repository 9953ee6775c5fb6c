/** The words about staff: signing in, one's own profile, people and what they may do, the audit log. */
export const englishStaff = {
  secondStep: {
    title: "One more step",
    lead: "Your password is right. Now a code of your authenticator app.",
    code: "Code",
    hint: "Six digits, or one of your recovery codes.",
    button: "Go on",
    signIn: "Back to the password",
  },
}

/**
 * What went wrong with a request and what to do about it, by the code of the problem.
 */
export const englishProblems = {
  unreachable: {
    title: "The server cannot be reached.",
    todo: "Check the connection; this page tries again by itself.",
  },
  unreadable: {
    title: "The server answered something this page does not understand.",
    todo: "Load the page again; if it stays, the server and this page are of different versions.",
  },
  sign_in_failed: { title: "The e-mail address or the password is wrong.", todo: "Check both and try again." },
  session_over: { title: "Your session has ended.", todo: "Sign in again." },
  second_factor_refused: {
    title: "The code is wrong or was used before.",
    todo: "Wait for the next code of your app and try that.",
  },
  invitation_over: { title: "The invitation is no longer good.", todo: "Ask whoever invited you for another." },
  email_taken: { title: "Somebody signs in with this e-mail address already.", todo: "" },
  grant_refused: { title: "The role cannot be given or taken so.", todo: "" },
  already_done: { title: "This was done before.", todo: "" },
  unauthorized: { title: "Your session has ended.", todo: "Sign in again." },
  forbidden: { title: "Your role does not allow this.", todo: "Ask somebody whose role does." },
  not_found: { title: "There is no such record, or it is not yours to see.", todo: "Choose one from the list." },
  alarm_not_changed: { title: "The alarm does not allow this now.", todo: "" },
  alarm_rule_fixed: { title: "This rule stays as it is.", todo: "" },
  command_refused: { title: "The command cannot be carried out now.", todo: "" },
  too_many_requests: { title: "Too many requests.", todo: "Wait a moment and try again." },
  unavailable: { title: "A part that this needs is not ready.", todo: "Try again in a moment." },
  internal: { title: "The server failed.", todo: "Try again; if it stays, tell whoever runs it." },
  name_taken: { title: "Another record has this name or code already.", todo: "Choose another." },
  record_refused: { title: "The record cannot be changed so.", todo: "" },
  precondition_failed: {
    title: "Somebody else has changed it since you opened it.",
    todo: "Close this, look at it again, and decide anew.",
  },
  config_refused: { title: "The configuration cannot be changed so.", todo: "" },
  placement_refused: { title: "The cart cannot be placed there.", todo: "" },
  bad_request: { title: "The server did not accept the request.", todo: "" },
}

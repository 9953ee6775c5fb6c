/**
 * Requests that the page of the API shows with what they are answered. They run one after another against a cloud with the
 * registry of the tests; what an answer said can be used by the next ones as `{name.field}`.
 */
export interface ApiExample {
  /** Under which it is shown: an operation of the document. */
  readonly of: string
  /** What it shows, in half a sentence. */
  readonly shows: string
  /** Its answer is known by this name from then on. */
  readonly as?: string
  /** Whose token it carries; left out: nobody's. */
  readonly by?: "admin" | "manager" | "viewer"
  /** With the names of path and query filled in. */
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const branch = "00000002-0000-4000-8000-000000000001"
const chain = "00000001-0000-4000-8000-000000000001"
const device = "00000003-0000-4000-8000-000000000001"
const bay = "00000005-0000-4000-8000-000000000010"
const cart = "00000006-0000-4000-8000-000000000010"

export const apiExamples: ReadonlyArray<ApiExample> = [
  {
    of: "POST /api/staff/login",
    shows: "signing in",
    request: "POST /api/staff/login",
    body: { email: "viewer@cartwise.example", password: "battery staple" },
  },
  {
    of: "POST /api/staff/login",
    shows: "a problem, in Hebrew because that was asked for",
    request: "POST /api/staff/login",
    headers: { "accept-language": "he" },
    body: { email: "viewer@cartwise.example", password: "wrong" },
  },
  {
    of: "GET /api/staff/me",
    shows: "who one is, and what one may do where",
    by: "viewer",
    request: "GET /api/staff/me",
  },
  { of: "GET /api/chains", shows: "a page of one", by: "viewer", request: "GET /api/chains?limit=1" },
  {
    of: "POST /api/branches",
    shows: "making a record, named by a key so that sending it again makes nothing twice",
    as: "made",
    by: "admin",
    request: "POST /api/branches",
    headers: { "idempotency-key": "7f9c2ba4" },
    body: { chain_id: chain, name: "Harbour", branch_code: "HFA-02", city: "Haifa", timezone: "Asia/Jerusalem" },
  },
  {
    of: "PATCH /api/branches/{id}",
    shows: "changing what was read as version 1",
    by: "admin",
    request: "PATCH /api/branches/{made.id}",
    headers: { "if-match": '"1"' },
    body: { city: "חיפה" },
  },
  {
    of: "PATCH /api/branches/{id}",
    shows: "and again, though somebody has changed it meanwhile",
    by: "admin",
    request: "PATCH /api/branches/{made.id}",
    headers: { "if-match": '"1"' },
    body: { name: "Port" },
  },
  {
    of: "POST /api/branches",
    shows: "a code that another branch of the chain has",
    by: "admin",
    request: "POST /api/branches",
    body: { chain_id: chain, name: "Port", branch_code: "HFA-02" },
  },
  {
    of: "POST /api/branches",
    shows: "what does not fit the contract, place by place",
    by: "admin",
    request: "POST /api/branches",
    body: { chain_id: chain, name: "", branch_code: "no spaces, please" },
  },
  {
    of: "PUT /api/branches/{id}/hours",
    shows: "when it is open, in its own time",
    by: "manager",
    request: `PUT /api/branches/${branch}/hours`,
    body: { sunday: [{ opens: "08:00", closes: "21:30" }], quiet: { from: "22:00", to: "07:00" } },
  },
  {
    of: "POST /api/branches/{id}/closing-sweep",
    shows: "closing for the day",
    by: "manager",
    request: `POST /api/branches/${branch}/closing-sweep`,
    body: { closes_at: "{soon}", reason: "closing time" },
  },
  {
    of: "POST /api/branches/{id}/recounts",
    shows: "a count of the carts in the bays",
    by: "manager",
    request: `POST /api/branches/${branch}/recounts`,
    body: { seen: ["A-1", "Z-9"] },
  },
  {
    of: "POST /api/devices/{id}/controllers",
    shows: "a board with two bays",
    as: "board",
    by: "admin",
    request: `POST /api/devices/${device}/controllers`,
    body: {
      controller_address: 1,
      port: "/dev/ttyUSB0",
      bays: [
        { label: "A3", lock_index: 0 },
        { label: "A4", lock_index: 1, is_accessible: true },
      ],
    },
  },
  {
    of: "GET /api/controllers/{id}/bays",
    shows: "its bays, of which nothing is known yet",
    as: "bays",
    by: "viewer",
    request: "GET /api/controllers/{board.id}/bays?limit=1",
  },
  {
    of: "POST /api/controllers/{id}/probe",
    shows: "a device that is not there",
    by: "admin",
    request: "POST /api/controllers/{board.id}/probe",
    body: { reason: "does it answer?" },
  },
  {
    of: "PATCH /api/bays/{id}",
    shows: "what is printed on a bay",
    by: "admin",
    request: `PATCH /api/bays/${bay}`,
    body: { label: "Door 1" },
  },
  {
    of: "DELETE /api/bays/{id}",
    shows: "a bay in which a cart belongs",
    by: "admin",
    request: `DELETE /api/bays/${bay}`,
  },
  {
    of: "POST /api/carts",
    shows: "a cart, at once in a bay",
    as: "cart",
    by: "admin",
    request: "POST /api/carts",
    body: { branch_id: branch, cart_number: "A-3", cart_type: "child", bay_id: "{bays.items.0.id}" },
  },
  {
    of: "GET /api/carts",
    shows: "the carts of a branch that belong in a bay, the last number first",
    by: "viewer",
    request: `GET /api/carts?branch_id=${branch}&placed=true&sort=-cart_number&limit=1`,
  },
  {
    of: "POST /api/carts/{id}/quarantine",
    shows: "a cart that nobody should take",
    by: "manager",
    request: "POST /api/carts/{cart.id}/quarantine",
    body: { reason: "it rolls by itself" },
  },
  {
    of: "POST /api/carts/{id}/unlock",
    shows: "a device that is not there: nothing is queued",
    by: "manager",
    request: `POST /api/carts/${cart}/unlock`,
    body: { reason: "a shopper is stuck" },
  },
  { of: "GET /api/twins/{kind}/{id}", shows: "a bay's twin", by: "viewer", request: `GET /api/twins/bay/${bay}` },
  {
    of: "GET /api/devices/{id}/status",
    shows: "how a device stands",
    by: "viewer",
    request: `GET /api/devices/${device}/status`,
  },
  {
    of: "POST /api/devices/claims",
    shows: "letting a new device in: the code is shown this once",
    by: "admin",
    request: "POST /api/devices/claims",
    body: { branch_id: branch, note: "the second bank" },
  },
  {
    of: "GET /api/branches/{id}/public-status",
    shows: "what everybody may know",
    request: "GET /api/branches/B-1/public-status",
  },
  { of: "GET /api/alarms", shows: "nothing asks for anybody", by: "viewer", request: "GET /api/alarms?state=open" },
  {
    of: "GET /api/audit",
    shows: "what was done last",
    by: "admin",
    request: "GET /api/audit?limit=1",
  },
  {
    of: "POST /api/carts",
    shows: "somebody whose role does not allow it",
    by: "viewer",
    request: "POST /api/carts",
    body: { branch_id: branch, cart_number: "A-4" },
  },
  {
    of: "GET /api/carts/{id}",
    shows: "what is not there, or not yours to see",
    by: "viewer",
    request: `GET /api/carts/${device}`,
  },
]

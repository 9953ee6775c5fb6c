/**
 * Every operation of the API, written down a second time: whose token it takes, what the `id` in its path names, and which
 * capabilities it asks for (any of them; `-` is none). An operation that is not here fails the matrix, and so does a line
 * whose operation is gone or asks for something else. **A new route needs a line here.**
 */
export type Bearer = "nobody" | "staff" | "shopper" | "device"

/** What stands at a place and can be named; `nothing` stands at none. */
export type Named =
  | "chain"
  | "branch"
  | "device"
  | "controller"
  | "bay"
  | "cart"
  | "command"
  | "divergence"
  | "alarm"
  | "rental"
  | "return"
  | "zone"
  | "nothing"

const lines = `
POST   /api/staff/login                       nobody  nothing    -
POST   /api/staff/mfa                         nobody  nothing    -
POST   /api/staff/refresh                     nobody  nothing    -
POST   /api/staff/logout                      nobody  nothing    -
POST   /api/staff/invitations/accept          nobody  nothing    -
GET    /api/staff/me                          staff   nothing    -
POST   /api/staff/me/password                 staff   nothing    -
POST   /api/staff/me/second-factor            staff   nothing    -
POST   /api/staff/me/second-factor/confirm    staff   nothing    -
POST   /api/staff/me/second-factor/remove     staff   nothing    -
POST   /api/live/ticket                       staff   nothing    -
GET    /api/users                             staff   nothing    user.manage,user.manage_attendants
POST   /api/users                             staff   nothing    user.manage,user.manage_attendants
GET    /api/users/{id}                        staff   nothing    user.manage,user.manage_attendants
PATCH  /api/users/{id}                        staff   nothing    user.manage,user.manage_attendants
DELETE /api/users/{id}                        staff   nothing    user.manage,user.manage_attendants
POST   /api/users/{id}/invitations            staff   nothing    user.manage,user.manage_attendants
DELETE /api/users/{id}/second-factor          staff   nothing    user.manage,user.manage_attendants
POST   /api/users/{id}/grants                 staff   nothing    user.manage,user.manage_attendants
DELETE /api/users/{id}/grants/{grant}         staff   nothing    user.manage,user.manage_attendants
POST   /api/auth/request-otp                  nobody  nothing    -
POST   /api/auth/verify-otp                   nobody  nothing    -
GET    /api/branches/{id}/public-status       nobody  branch     -
GET    /api/me/rental                         shopper nothing    -
POST   /api/me/rental                         shopper nothing    -
POST   /api/me/rental/another                 shopper nothing    -
POST   /api/me/rental/return-intent           shopper nothing    -
GET    /api/unattributed-returns              staff   nothing    rental.view,rental.view_today
POST   /api/unattributed-returns/{id}/resolve staff   return     rental.settle,rental.settle_recent
POST   /api/rentals/{id}/reattribute          staff   rental     rental.settle,rental.settle_recent
POST   /api/rentals/{id}/remind               staff   rental     rental.settle,rental.settle_recent
POST   /api/branches/{id}/carts/assign        staff   branch     bay.unlock
POST   /api/branches/{id}/carts/return        staff   branch     rental.settle,rental.settle_recent
GET    /api/branches/{id}/rentals/active      staff   branch     rental.view,rental.view_today
POST   /api/rentals/{id}/force-complete       staff   rental     rental.settle,rental.settle_recent
POST   /api/rentals/{id}/found                staff   rental     rental.settle,rental.settle_recent
POST   /api/rentals/{id}/reveal-phone         staff   rental     rental.phone,rental.phone_overdue
GET    /api/rentals                           staff   nothing    rental.view,rental.view_today
GET    /api/rentals/{id}                      staff   rental     rental.view,rental.view_today
GET    /api/rentals/{id}/timeline             staff   rental     rental.view,rental.view_today
GET    /api/rentals/{id}/evidence             staff   rental     rental.view,rental.view_today
POST   /api/rentals/{id}/undo                 staff   rental     rental.settle,rental.settle_recent
POST   /api/rentals/{id}/extend               staff   rental     rental.settle,rental.settle_recent
POST   /api/rentals/{id}/dispute              staff   rental     rental.settle,rental.settle_recent
POST   /api/rentals/{id}/dispute/settle       staff   rental     rental.settle,rental.settle_recent
GET    /api/branches/{id}/rentals/history     staff   branch     rental.view,rental.view_today
GET    /api/branches/{id}/rentals/stats       staff   branch     rental.view,rental.view_today
GET    /api/search                            staff   nothing    registry.view
GET    /api/overview                          staff   nothing    registry.view
GET    /api/monitoring                        staff   nothing    metrics.read
POST   /api/chains                            staff   nothing    chain.create
GET    /api/chains/{id}                       staff   chain      registry.view
PUT    /api/chains/{id}                       staff   chain      chain.edit
PATCH  /api/chains/{id}                       staff   chain      chain.edit
DELETE /api/chains/{id}                       staff   chain      chain.create
GET    /api/chains/{id}/policy                staff   chain      registry.view
PUT    /api/chains/{id}/policy                staff   chain      policy.edit
GET    /api/chains/{id}/stats                 staff   chain      registry.view
POST   /api/branches                          staff   nothing    branch.edit
GET    /api/branches/{id}                     staff   branch     registry.view
PUT    /api/branches/{id}                     staff   branch     branch.edit
PATCH  /api/branches/{id}                     staff   branch     branch.edit
DELETE /api/branches/{id}                     staff   branch     branch.edit
GET    /api/branches/{id}/stats               staff   branch     registry.view
GET    /api/branches/{id}/overview            staff   branch     registry.view
PUT    /api/branches/{id}/lending             staff   branch     branch.lending
PUT    /api/branches/{id}/returning           staff   branch     branch.lending
PUT    /api/branches/{id}/bay-rows            staff   branch     equipment.edit
GET    /api/branches/{id}/hours               staff   branch     registry.view
PUT    /api/branches/{id}/hours               staff   branch     branch.hours
GET    /api/branches/{id}/zones               staff   branch     registry.view
POST   /api/branches/{id}/zones               staff   branch     branch.edit
PUT    /api/zones/{id}                        staff   zone       branch.edit
GET    /api/zones/{id}                        staff   zone       registry.view
DELETE /api/zones/{id}                        staff   zone       branch.edit
POST   /api/branches/{id}/recounts            staff   branch     cart.state
GET    /api/controllers                       staff   nothing    device.view
POST   /api/devices/{id}/controllers          staff   device     equipment.edit
GET    /api/controllers/{id}                  staff   controller device.view
PUT    /api/controllers/{id}                  staff   controller equipment.edit
PATCH  /api/controllers/{id}                  staff   controller equipment.edit
DELETE /api/controllers/{id}                  staff   controller equipment.edit
GET    /api/controllers/{id}/bays             staff   controller registry.view
POST   /api/controllers/{id}/bays             staff   controller equipment.edit
POST   /api/controllers/{id}/probe            staff   controller controller.probe
GET    /api/controllers/{id}/probe            staff   controller controller.probe
GET    /api/controllers/{id}/counters         staff   controller device.inspect
GET    /api/controllers/{id}/frames           staff   controller frames.tap
POST   /api/controllers/{id}/calibrate        staff   controller controller.probe
GET    /api/bays/{id}                         staff   bay        registry.view
PUT    /api/bays/{id}                         staff   bay        equipment.edit
PATCH  /api/bays/{id}                         staff   bay        equipment.edit
DELETE /api/bays/{id}                         staff   bay        equipment.edit
GET    /api/carts                             staff   nothing    registry.view
POST   /api/carts                             staff   nothing    cart.edit
GET    /api/carts/available                   staff   nothing    registry.view
GET    /api/chains/{id}/branches              staff   chain      registry.view
GET    /api/carts/{id}                        staff   cart       registry.view
GET    /api/branches/{branch_id}/carts/{id}   staff   cart       registry.view
PUT    /api/carts/{id}                        staff   cart       cart.edit
PATCH  /api/carts/{id}                        staff   cart       cart.edit
DELETE /api/carts/{id}                        staff   cart       cart.edit
POST   /api/carts/{id}/maintenance            staff   cart       cart.state
POST   /api/carts/{id}/quarantine             staff   cart       cart.state
POST   /api/carts/{id}/retire                 staff   cart       cart.edit
POST   /api/carts/{id}/missing                staff   cart       cart.state
POST   /api/carts/{id}/found                  staff   cart       cart.state
GET    /api/chains                            staff   nothing    registry.view
GET    /api/branches                          staff   nothing    registry.view
GET    /api/branches/{id}/bays                staff   branch     registry.view
GET    /api/branches/{id}/carts               staff   branch     registry.view
GET    /api/devices                           staff   nothing    device.view
GET    /api/devices/{id}                      staff   device     device.view
PUT    /api/devices/{id}                      staff   device     device.enrol
DELETE /api/devices/{id}                      staff   device     device.enrol
POST   /api/devices/{id}/revoke               staff   device     device.enrol
GET    /api/devices/{id}/status               staff   device     device.view
GET    /api/devices/{id}/connectivity         staff   device     device.view
GET    /api/devices/{id}/journal              staff   device     device.inspect
PUT    /api/devices/{id}/firmware             staff   device     device.configure
GET    /api/devices/{id}/controllers          staff   device     device.view
POST   /api/devices/register                  nobody  nothing    -
POST   /api/devices/{id}/token                nobody  device     -
POST   /api/devices/{id}/key                  nobody  device     -
POST   /api/devices/{id}/heartbeat            device  device     -
GET    /api/devices/claims                    staff   nothing    device.enrol
POST   /api/devices/claims                    staff   nothing    device.enrol
DELETE /api/devices/claims/{id}               staff   nothing    device.enrol
GET    /api/devices/{id}/config               staff   device     device.inspect
PATCH  /api/devices/{id}/config               staff   device     device.configure
POST   /api/devices/{id}/commands             staff   device     device.identify,device.reboot,device.configure
GET    /api/machines/{kind}                   staff   nothing    twin.view
GET    /api/twins/{kind}/{id}                 staff   bay        twin.view,twin.inspect
GET    /api/twins/{kind}/{id}/events          staff   bay        twin.inspect
POST   /api/carts/{id}/unlock                 staff   cart       bay.unlock
POST   /api/carts/{id}/lock                   staff   cart       bay.lock
PUT    /api/carts/{id}/placement              staff   cart       cart.place
POST   /api/carts/{id}/move                   staff   cart       cart.place
POST   /api/carts/{id}/lock-request           staff   cart       bay.lock
POST   /api/bays/{id}/lock-request            staff   bay        bay.lock
POST   /api/branches/{id}/closing-sweep       staff   branch     rental.settle
GET    /api/branches/{id}/commissionings      staff   branch     device.inspect
POST   /api/branches/{id}/commissionings      staff   branch     controller.probe
POST   /api/bays/{id}/unlock                  staff   bay        bay.unlock
POST   /api/bays/{id}/lock                    staff   bay        bay.lock
POST   /api/bays/{id}/identify                staff   bay        device.identify
POST   /api/bays/{id}/maintenance             staff   bay        cart.state
GET    /api/commands                          staff   nothing    command.view
GET    /api/commands/{id}                     staff   command    command.view
GET    /api/commands/{id}/trace               staff   command    twin.inspect
GET    /api/alarms                            staff   nothing    alarm.view
GET    /api/alarms/{id}                       staff   alarm      alarm.view
POST   /api/alarms/{id}/acknowledge           staff   alarm      alarm.ack
POST   /api/alarms/{id}/comment               staff   alarm      alarm.ack
POST   /api/alarms/{id}/assign                staff   alarm      alarm.assign
POST   /api/alarms/{id}/shelve                staff   alarm      alarm.assign
POST   /api/alarms/{id}/unshelve              staff   alarm      alarm.assign
POST   /api/alarms/{id}/close                 staff   alarm      alarm.assign
GET    /api/alarm-rules                       staff   nothing    alarm.view
PUT    /api/alarm-rules/{code}                staff   nothing    alarm.rules
GET    /api/quarantine                        staff   nothing    quarantine.view
GET    /api/quarantine/counts                 staff   nothing    quarantine.view
GET    /api/divergences                       staff   nothing    divergence.view
POST   /api/divergences/{id}/resolve          staff   divergence divergence.resolve
GET    /api/audit                             staff   nothing    audit.read,audit.read_own
GET    /api/audit/verify                      staff   nothing    audit.read
GET    /api/telemetry/devices/{id}            staff   device     device.view
GET    /api/telemetry/branches/{id}           staff   branch     device.view
GET    /api/telemetry/chains/{id}             staff   chain      device.view
POST   /api/simulation/bays/{id}/{verb}       staff   bay        sim.run
GET    /api/simulation/sms                    staff   nothing    sim.run
GET    /api/simulation/challenges/{id}        nobody  nothing    -
POST   /api/simulation/me/{verb}              shopper nothing    -
GET    /health/live                           nobody  nothing    -
GET    /health/ready                          nobody  nothing    -
`

export interface MatrixLine {
  readonly bearer: Bearer
  readonly named: Named
  readonly capabilities: ReadonlyArray<string>
}

const bearers: ReadonlySet<string> = new Set(["nobody", "staff", "shopper", "device"] satisfies ReadonlyArray<Bearer>)
const isBearer = (word: string): word is Bearer => bearers.has(word)
const names: ReadonlySet<string> = new Set([
  "chain",
  "branch",
  "device",
  "controller",
  "bay",
  "cart",
  "command",
  "divergence",
  "alarm",
  "rental",
  "return",
  "zone",
  "nothing",
] satisfies ReadonlyArray<Named>)
const isNamed = (word: string): word is Named => names.has(word)

/** By method and path (`GET /api/chains`). */
export const matrix: ReadonlyMap<string, MatrixLine> = new Map(
  lines
    .trim()
    .split("\n")
    .map((line) => {
      const [method = "", path = "", bearer = "", named = "", capabilities = ""] = line.trim().split(/\s+/u)
      if (!isBearer(bearer) || !isNamed(named)) throw new TypeError(`no line of the matrix: ${line}`)
      return [
        `${method} ${path}`,
        { bearer, named, capabilities: capabilities === "-" ? [] : capabilities.split(",") },
      ] as const
    }),
)

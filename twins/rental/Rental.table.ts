/**
 * What a rental does,
    state by state: every case of `Rental.classes.ts` and what must become of it. Read by a person and
 * kept by `Rental.machine.test.ts`; the format is told in `MachineTable.fixture.ts`.
 */
export const rentalTable = `
life.new
  requested → life.assigning + choose cart
  refused → life.refused
  cancelled * → life.cancelled
  reserved, noCart *, unlockConfirmed *, unlockFailed *, unlockExpired *, unlockUnknown *, removed *,
    relatched *, found *, returnSeen *, returnHeld *, returnLost *, extended *, forceCompleted, storeClosing *,
    rehomed, reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.assigning
  reserved → life.unlocking
  noCart, due assign → life.refused
  noCart for a second try → life.failed
  cancelled → life.cancelled
  unlockConfirmed → life.pickup.waiting
  removed → life.active.inTime + tell(started)
  requested, refused, cancelled in a second try, unlockConfirmed of another, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed by another, relatched *, found *, returnSeen *, returnHeld *, returnLost *,
    extended *, forceCompleted, storeClosing *, rehomed, reopened *, undone *, disputed *, upheld *,
    amended * → refused
  due * → refused: deadline_not_pending
life.unlocking
  unlockConfirmed → life.pickup.waiting
  unlockFailed → life.assigning + choose cart
  unlockFailed the last time, unlockExpired → life.failed
  unlockUnknown, due word → life.verifying
  removed → life.active.inTime + tell(started)
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed of another, unlockFailed of another,
    unlockExpired of another, unlockUnknown of another, removed by another, relatched *, found *, returnSeen *,
    returnHeld *, returnLost *, extended *, forceCompleted, storeClosing *, rehomed, reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.verifying
  unlockConfirmed, found ajar → life.pickup.waiting
  unlockFailed, unlockFailed the last time, unlockExpired, found parked → life.failed
  removed, found out → life.active.inTime + tell(started)
  forceCompleted → life.forceCompleted
  due verify → life.uncertain
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed of another, unlockFailed of another,
    unlockExpired of another, unlockUnknown *, removed by another, relatched *, returnSeen *, returnHeld *,
    returnLost *, extended *, storeClosing *, rehomed, reopened *, undone *, disputed *, upheld *,
    amended * → refused
  due * → refused: deadline_not_pending
life.uncertain
  unlockConfirmed, found ajar → life.pickup.waiting
  unlockFailed, unlockFailed the last time, unlockExpired, found parked → life.failed
  removed, found out → life.active.inTime + tell(started)
  relatched → life.cancelled
  forceCompleted → life.forceCompleted
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed of another, unlockFailed of another,
    unlockExpired of another, unlockUnknown *, removed by another, relatched of another, returnSeen *,
    returnHeld *, returnLost *, extended *, storeClosing *, rehomed, reopened *, undone *, disputed *,
    upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.pickup.waiting
  removed, found out → life.active.inTime + tell(started)
  relatched → life.cancelled
  found parked → life.failed
  found ajar → stays
  forceCompleted → life.forceCompleted
  due pickup → life.pickup.nagging + tell(notTaken)
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed by another, relatched of another, returnSeen *, returnHeld *, returnLost *,
    extended *, storeClosing *, rehomed, reopened *, undone *, disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.pickup.nagging
  removed, found out → life.active.inTime + tell(started)
  relatched → life.cancelled
  found parked → life.failed
  found ajar → life.pickup.waiting
  forceCompleted → life.forceCompleted
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed by another, relatched of another, returnSeen *, returnHeld *, returnLost *,
    extended *, storeClosing *, rehomed, reopened *, undone *, disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.active.inTime
  returnSeen * → life.settling
  extended → stays
  forceCompleted → life.forceCompleted
  due dueSoon → life.active.dueSoon + tell(dueSoon)
  storeClosing → stays
  rehomed → stays
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnHeld *, returnLost *, extended *,
    storeClosing after it is due, reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.active.dueSoon
  returnSeen * → life.settling
  extended → life.active.inTime
  forceCompleted → life.forceCompleted
  due overdue → life.overdue.mild + tell(overdue)
  storeClosing → life.active.inTime
  rehomed → stays
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnHeld *, returnLost *, extended *,
    storeClosing after it is due, reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.overdue.mild
  returnSeen * → life.settling
  extended → life.active.inTime
  forceCompleted → life.forceCompleted
  due serious → life.overdue.serious
  rehomed → stays
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnHeld *, returnLost *, extended *, storeClosing *,
    reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.overdue.serious
  returnSeen * → life.settling
  extended → life.active.inTime
  forceCompleted → life.forceCompleted
  due severe → life.overdue.severe
  rehomed → stays
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnHeld *, returnLost *, extended *, storeClosing *,
    reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.overdue.severe
  returnSeen * → life.settling
  extended → life.active.inTime
  forceCompleted → life.forceCompleted
  due lost → life.overdue.lost + tell(lost)
  rehomed → stays
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnHeld *, returnLost *, extended *, storeClosing *,
    reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.overdue.lost
  returnSeen * → life.settling
  extended → life.active.inTime
  forceCompleted → life.forceCompleted
  rehomed → stays
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnHeld *, returnLost *, extended *, storeClosing *,
    reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.settling
  returnHeld in time, due hold → life.returned + tell(returned)
  returnHeld late → life.returnedLate + tell(returnedLate)
  returnLost in time → life.active.inTime
  returnLost due soon → life.active.dueSoon
  returnLost overdue → life.overdue.mild
  returnLost serious → life.overdue.serious
  returnLost severe → life.overdue.severe
  returnLost at last → life.overdue.lost
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnSeen *, extended *, forceCompleted, storeClosing *,
    rehomed, reopened *, undone *,
    disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.returned
  disputed → life.disputed
  reopened in time → life.active.inTime
  reopened due soon → life.active.dueSoon
  reopened overdue → life.overdue.mild
  reopened serious → life.overdue.serious
  reopened severe → life.overdue.severe
  reopened lost → life.overdue.lost
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnSeen *, returnHeld *, returnLost *, extended *,
    forceCompleted, storeClosing *, rehomed, reopened too late, undone *, disputed too late, upheld *,
    amended * → refused
  due * → refused: deadline_not_pending
life.returnedLate
  disputed → life.disputed
  reopened in time → life.active.inTime
  reopened due soon → life.active.dueSoon
  reopened overdue → life.overdue.mild
  reopened serious → life.overdue.serious
  reopened severe → life.overdue.severe
  reopened lost → life.overdue.lost
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnSeen *, returnHeld *, returnLost *, extended *,
    forceCompleted, storeClosing *, rehomed, reopened too late, undone *, disputed too late, upheld *,
    amended * → refused
  due * → refused: deadline_not_pending
life.disputed
  upheld, amended to in time, due dispute → life.returned
  upheld late, amended to late → life.returnedLate
  reopened in time → life.active.inTime
  reopened due soon → life.active.dueSoon
  reopened overdue → life.overdue.mild
  reopened serious → life.overdue.serious
  reopened severe → life.overdue.severe
  reopened lost, reopened too late → life.overdue.lost
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnSeen *, returnHeld *, returnLost *, extended *,
    forceCompleted, storeClosing *, rehomed, undone *, disputed * → refused
  due * → refused: deadline_not_pending
life.forceCompleted
  undone before the pickup → life.uncertain
  undone in time → life.active.inTime
  undone due soon → life.active.dueSoon
  undone overdue → life.overdue.mild
  undone serious → life.overdue.serious
  undone severe → life.overdue.severe
  undone lost → life.overdue.lost
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnSeen *, returnHeld *, returnLost *, extended *,
    forceCompleted, storeClosing *, rehomed, reopened *, undone too late, disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.failed
  unlockConfirmed → life.pickup.waiting
  removed → life.active.inTime + tell(started)
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed of another, unlockFailed *,
    unlockExpired *, unlockUnknown *, removed by another, relatched *, found *, returnSeen *, returnHeld *,
    returnLost *, extended *, forceCompleted, storeClosing *, rehomed, reopened *, undone *, disputed *,
    upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.cancelled
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnSeen *, returnHeld *, returnLost *, extended *,
    forceCompleted, storeClosing *, rehomed, reopened *, undone *, disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
life.refused
  requested, refused, reserved, noCart *, cancelled *, unlockConfirmed *, unlockFailed *, unlockExpired *,
    unlockUnknown *, removed *, relatched *, found *, returnSeen *, returnHeld *, returnLost *, extended *,
    forceCompleted, storeClosing *, rehomed, reopened *, undone *, disputed *, upheld *, amended * → refused
  due * → refused: deadline_not_pending
`

/**
 * What a cart does, state by state: every case of `Cart.classes.ts` and what must become of it. Read by a person and kept
 * by `Cart.machine.test.ts`; the format is told in `MachineTable.fixture.ts`.
 */
export const cartTable = `
dock.unknown
  secured → dock.secured
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  placed → stays
  reserved → custody.reserved
  rented * → custody.rented
  maintenanceStarted → custody.maintenance
  wentMissing → custody.missing
  retired → custody.retired
  lost, reservationCancelled, becameOverdue, returned, maintenanceEnded, found → refused
  due reservation → refused: deadline_not_pending
dock.secured
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  lost → dock.unknown
  placed → stays
  reserved → custody.reserved
  rented * → custody.rented
  maintenanceStarted → custody.maintenance
  wentMissing → custody.missing
  retired → custody.retired
  secured, reservationCancelled, becameOverdue, returned, maintenanceEnded, found → refused
  due reservation → refused: deadline_not_pending
dock.releasing
  secured → dock.secured
  released → dock.released
  left → dock.away
  lost → dock.unknown
  placed → stays
  reserved → custody.reserved
  rented * → custody.rented
  maintenanceStarted → custody.maintenance
  wentMissing → custody.missing
  retired → custody.retired
  releasing, reservationCancelled, becameOverdue, returned, maintenanceEnded, found → refused
  due reservation → refused: deadline_not_pending
dock.released
  secured → dock.secured
  releasing → dock.releasing
  left → dock.away
  lost → dock.unknown
  placed → stays
  reserved → custody.reserved
  rented * → custody.rented
  maintenanceStarted → custody.maintenance
  wentMissing → custody.missing
  retired → custody.retired
  released, reservationCancelled, becameOverdue, returned, maintenanceEnded, found → refused
  due reservation → refused: deadline_not_pending
dock.away
  secured → dock.secured
  releasing → dock.releasing
  released → dock.released
  lost → dock.unknown
  placed → stays
  reserved → custody.reserved
  rented * → custody.rented
  maintenanceStarted → custody.maintenance
  wentMissing → custody.missing
  retired → custody.retired
  left, reservationCancelled, becameOverdue, returned, maintenanceEnded, found → refused
  due reservation → refused: deadline_not_pending
custody.unplaced
  secured → dock.secured
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  placed → custody.available
  maintenanceStarted → custody.maintenance
  retired → custody.retired
  lost, reserved, reservationCancelled, rented *, becameOverdue, returned, maintenanceEnded, wentMissing, found
    → refused
  due reservation → refused: deadline_not_pending
custody.reserved
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  lost → dock.unknown
  placed → stays
  reservationCancelled, due reservation → custody.available
  rented * → custody.rented
  secured, reserved, rented by another, becameOverdue, returned, maintenanceStarted, maintenanceEnded,
    wentMissing, found, retired → refused
custody.rented
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  lost → dock.unknown
  placed → stays
  becameOverdue → custody.overdue
  returned → custody.available
  wentMissing → custody.missing
  secured, reserved, reservationCancelled, rented *, maintenanceStarted, maintenanceEnded, found, retired → refused
  due reservation → refused: deadline_not_pending
custody.overdue
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  lost → dock.unknown
  placed → stays
  returned → custody.available
  wentMissing → custody.missing
  secured, reserved, reservationCancelled, rented *, becameOverdue, maintenanceStarted, maintenanceEnded,
    found, retired → refused
  due reservation → refused: deadline_not_pending
custody.maintenance
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  lost → dock.unknown
  placed → stays
  maintenanceEnded → custody.available
  wentMissing → custody.missing
  retired → custody.retired
  secured, reserved, reservationCancelled, rented *, becameOverdue, returned, maintenanceStarted, found → refused
  due reservation → refused: deadline_not_pending
custody.missing
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  lost → dock.unknown
  placed → stays
  returned → custody.available
  maintenanceStarted, found → custody.maintenance
  retired → custody.retired
  secured, reserved, reservationCancelled, rented *, becameOverdue, maintenanceEnded, wentMissing → refused
  due reservation → refused: deadline_not_pending
custody.retired
  releasing → dock.releasing
  released → dock.released
  left → dock.away
  lost → dock.unknown
  secured, placed, reserved, reservationCancelled, rented *, becameOverdue, returned, maintenanceStarted,
    maintenanceEnded, wentMissing, found, retired → refused
  due reservation → refused: deadline_not_pending
`

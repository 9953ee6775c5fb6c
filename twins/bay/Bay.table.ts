/**
 * What a bay does, state by state: every case of `Bay.classes.ts` and what must become of it. Read by a person and kept by
 * `Bay.machine.test.ts`; the format is told in `MachineTable.fixture.ts`.
 */
export const bayTable = `
latch.dark
  observed closed present → latch.secured
  observed closed present after two failures → latch.jammed
  observed * → latch.secured + failed(no_motion) + UNLOCK_FAILED
  observed closed present with a second unlock unseen → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  observed closed absent → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed closed absent with an unlock unseen → latch.latchedEmpty + failed(no_motion) + UNLOCK_FAILED
  observed open present by a doubtful sensor → latch.ajar.undetermined
  observed open present → latch.ajar.undetermined
  observed open present with an unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent → latch.empty
  observed open absent with an unlock unseen → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost *, pulsed *, pulseUncertain with an unlock unseen, serviceSet inService → stays
  pulseRefused with an unlock unseen → stays + rejected(controller_silent)
  pulseRefused for an open bay, pulseRefused for a bay whose cart is gone, pulseRefused for a bay that may be open,
    pulseRefused for a bay whose cart may be gone → stays + rejected(busy)
  pulseRefused for an empty bay, pulseRefused for a jammed bay → stays + rejected(busy)
  flapping → sensor.suspect
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  unlock * → refused: controller_silent
  pulsed, pulsed for another unlock, pulseUncertain *, pulseRefused *, verified *, unverified, steady *,
    jamCleared → refused
  due * → refused: deadline_not_pending
latch.secured
  observed *, serviceSet inService → stays
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present by a doubtful sensor → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present with an unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent → latch.empty + REMOVED_UNCOMMANDED
  observed open absent with an unlock unseen → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost * → latch.dark
  unlock * → latch.releasing.pulsing + pulse 1
  unlock with an unlock unseen → latch.releasing.pulsing + failed(superseded) + pulse 1
  flapping → sensor.suspect
  steady with an unlock unseen → stays + failed(no_motion) + UNLOCK_FAILED
  steady with a second unlock unseen → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady, jamCleared → refused
  due * → refused: deadline_not_pending
latch.releasing.pulsing
  observed *, serviceSet inService → stays
  lost controller_silent, pulseRefused controller_silent after a pulse
    → latch.dark + unknown(controller_silent) + UNLOCK_UNKNOWN
  lost bus_down → latch.dark + unknown(bus_down) + UNLOCK_UNKNOWN
  lost restart → latch.dark + unknown(restarted) + UNLOCK_UNKNOWN
  lost disabled → latch.dark + unknown(bay_disabled) + UNLOCK_UNKNOWN
  pulsed * → latch.releasing.watching + executed
  pulsed and already open → latch.ajar.released + executed + confirmed + UNLOCK_CONFIRMED
  pulsed and already gone → latch.empty + executed + confirmed + UNLOCK_CONFIRMED + REMOVED
  pulseUncertain * → latch.releasing.watching
  pulseRefused * → latch.secured + rejected(controller_silent)
  pulseRefused bus_down → latch.secured + rejected(bus_down)
  pulseRefused busy → latch.secured + rejected(busy)
  pulseRefused expired → latch.secured + expired(expired)
  pulseRefused for an empty bay → latch.latchedEmpty + rejected(busy)
  pulseRefused for an open bay → latch.ajar.undetermined + rejected(busy) + RELEASED_UNCOMMANDED
  pulseRefused for a bay whose cart is gone → latch.empty + rejected(busy) + REMOVED_UNCOMMANDED
  pulseRefused for a bay that may be open → latch.ajar.undetermined + rejected(busy)
  pulseRefused for a bay whose cart may be gone → latch.empty + rejected(busy)
  pulseRefused for a jammed bay → latch.jammed + rejected(busy)
  pulseRefused expired after a pulse → latch.secured + failed(no_motion) + UNLOCK_FAILED
  pulseRefused expired after a pulse for an empty bay → latch.latchedEmpty + failed(no_motion) + UNLOCK_FAILED
  pulseRefused expired after a pulse and a failure → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  flapping → sensor.suspect
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  due pulseAnswer → latch.releasing.verifying + read
  unlock * → refused: busy
  unlock when disabled → refused: bay_disabled
  pulsed for another unlock, pulseUncertain for another unlock, pulseRefused for another unlock, verified *,
    unverified, steady *, jamCleared → refused
  due * → refused: deadline_not_pending
latch.releasing.watching
  observed *, serviceSet inService → stays
  observed open present, observed open present with an unlock unseen
    → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent, observed open absent with an unlock unseen
    → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost controller_silent → latch.dark + unknown(controller_silent) + UNLOCK_UNKNOWN
  lost bus_down → latch.dark + unknown(bus_down) + UNLOCK_UNKNOWN
  lost restart → latch.dark + unknown(restarted) + UNLOCK_UNKNOWN
  lost disabled → latch.dark + unknown(bay_disabled) + UNLOCK_UNKNOWN
  flapping → sensor.suspect
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  due confirm → latch.releasing.verifying + read
  unlock * → refused: busy
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  due * → refused: deadline_not_pending
latch.releasing.verifying
  observed *, serviceSet inService → stays
  observed open present, observed open present with an unlock unseen, verified open present
    → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent, observed open absent with an unlock unseen, verified open absent
    → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost controller_silent → latch.dark + unknown(controller_silent) + UNLOCK_UNKNOWN
  lost bus_down → latch.dark + unknown(bus_down) + UNLOCK_UNKNOWN
  lost restart → latch.dark + unknown(restarted) + UNLOCK_UNKNOWN
  lost disabled → latch.dark + unknown(bay_disabled) + UNLOCK_UNKNOWN
  verified * → latch.releasing.pulsing + pulse 2
  verified closed present too late, verified closed present after the last pulse
    → latch.secured + failed(no_motion) + UNLOCK_FAILED
  verified closed present after a failure → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  verified closed present by a doubtful sensor → latch.secured + unknown(sensor_suspect) + UNLOCK_UNKNOWN
  verified closed present by a doubtful sensor after two failures
    → latch.jammed + unknown(sensor_suspect) + UNLOCK_UNKNOWN
  verified open present by a doubtful sensor → latch.ajar.undetermined + unknown(sensor_suspect) + UNLOCK_UNKNOWN
  verified open absent by a doubtful sensor → latch.empty + unknown(sensor_suspect) + UNLOCK_UNKNOWN
  verified closed absent too late → latch.latchedEmpty + failed(no_motion) + UNLOCK_FAILED
  verified closed absent by a doubtful sensor → latch.latchedEmpty + unknown(sensor_suspect) + UNLOCK_UNKNOWN
  unverified, due verify → latch.dark + unknown(no_answer) + UNLOCK_UNKNOWN
  flapping → sensor.suspect
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  unlock * → refused: busy
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, steady *, jamCleared → refused
  due * → refused: deadline_not_pending
latch.ajar.undetermined
  observed * → latch.secured + RELATCHED
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open absent, observed open absent with an unlock unseen → latch.empty + REMOVED
  lost * → latch.dark
  unlock with a doubtful sensor → latch.releasing.pulsing + pulse 1
  steady with an unlock unseen, steady with a second unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  flapping → sensor.suspect
  serviceSet inService → stays
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  observed open present, observed open present with an unlock unseen, pulsed *, pulseUncertain *,
    pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  observed open present by a doubtful sensor → refused
  unlock * → refused: already_open
  unlock when disabled → refused: bay_disabled
  due * → refused: deadline_not_pending
latch.ajar.released
  observed * → latch.secured + RELATCHED
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open absent, observed open absent with an unlock unseen → latch.empty + REMOVED
  lost * → latch.dark
  unlock with a doubtful sensor → latch.releasing.pulsing + pulse 1
  steady with an unlock unseen, steady with a second unlock unseen → stays + confirmed + UNLOCK_CONFIRMED
  flapping → sensor.suspect
  serviceSet inService → stays
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  due pickup → latch.ajar.lingering + NOT_TAKEN
  observed open present, observed open present with an unlock unseen, pulsed *, pulseUncertain *,
    pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  observed open present by a doubtful sensor → refused
  unlock * → refused: already_open
  unlock when disabled → refused: bay_disabled
  due * → refused: deadline_not_pending
latch.ajar.lingering
  observed * → latch.secured + RELATCHED
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open absent, observed open absent with an unlock unseen → latch.empty + REMOVED
  lost * → latch.dark
  unlock with a doubtful sensor → latch.releasing.pulsing + pulse 1
  steady with an unlock unseen, steady with a second unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  flapping → sensor.suspect
  serviceSet inService → stays
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  observed open present, observed open present with an unlock unseen, pulsed *, pulseUncertain *,
    pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  observed open present by a doubtful sensor → refused
  unlock * → refused: already_open
  unlock when disabled → refused: bay_disabled
  due * → refused: deadline_not_pending
latch.ajar.entering
  observed * → latch.settling
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open absent, observed open absent with an unlock unseen → latch.empty + ENTRY_ABANDONED
  lost * → latch.dark
  unlock with a doubtful sensor → latch.releasing.pulsing + pulse 1
  steady with an unlock unseen, steady with a second unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  flapping → sensor.suspect
  serviceSet inService → stays
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  due entry → latch.ajar.unlatched + NOT_LATCHED
  observed open present, observed open present with an unlock unseen, pulsed *, pulseUncertain *,
    pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  observed open present by a doubtful sensor → refused
  unlock * → refused: already_open
  unlock when disabled → refused: bay_disabled
  due * → refused: deadline_not_pending
latch.ajar.unlatched
  observed * → latch.settling
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open absent, observed open absent with an unlock unseen → latch.empty + ENTRY_ABANDONED
  lost * → latch.dark
  unlock with a doubtful sensor → latch.releasing.pulsing + pulse 1
  steady with an unlock unseen, steady with a second unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  flapping → sensor.suspect
  serviceSet inService → stays
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  observed open present, observed open present with an unlock unseen, pulsed *, pulseUncertain *,
    pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  observed open present by a doubtful sensor → refused
  unlock * → refused: already_open
  unlock when disabled → refused: bay_disabled
  due * → refused: deadline_not_pending
latch.empty
  observed * → latch.settling
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present, observed open present with an unlock unseen → latch.ajar.entering
  observed open absent, observed open absent with an unlock unseen, serviceSet inService → stays
  lost * → latch.dark
  unlock with a doubtful sensor → latch.releasing.pulsing + pulse 1
  steady with an unlock unseen, steady with a second unlock unseen → stays + confirmed + UNLOCK_CONFIRMED + REMOVED
  observed open present by a doubtful sensor → latch.ajar.entering
  flapping → sensor.suspect
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  unlock * → refused: already_open
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  due * → refused: deadline_not_pending
latch.settling
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present, observed open present with an unlock unseen → latch.ajar.entering
  observed open absent, observed open absent with an unlock unseen → latch.empty + ENTRY_ABANDONED
  lost * → latch.dark
  unlock with a doubtful sensor → latch.releasing.pulsing + pulse 1
  steady with an unlock unseen → stays + failed(no_motion) + UNLOCK_FAILED
  steady with a second unlock unseen → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  observed open present by a doubtful sensor → latch.ajar.entering
  flapping → sensor.suspect
  serviceSet inService → stays
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  due settle → latch.secured + RETURN_DETECTED
  observed *, pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady *, jamCleared → refused
  unlock * → refused: busy
  unlock when disabled → refused: bay_disabled
  due * → refused: deadline_not_pending
latch.latchedEmpty
  observed closed present → latch.settling
  observed closed present after two failures → latch.jammed
  observed * → latch.secured
  observed closed absent, observed closed absent with an unlock unseen, serviceSet inService → stays
  observed open present by a doubtful sensor → latch.ajar.entering
  observed open present → latch.ajar.entering
  observed open present with an unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent → latch.empty
  observed open absent with an unlock unseen → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost * → latch.dark
  unlock * → latch.releasing.pulsing + pulse 1
  unlock with an unlock unseen → latch.releasing.pulsing + failed(superseded) + pulse 1
  flapping → sensor.suspect
  steady with an unlock unseen → stays + failed(no_motion) + UNLOCK_FAILED
  steady with a second unlock unseen → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady, jamCleared → refused
  due * → refused: deadline_not_pending
latch.jammed
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present by a doubtful sensor → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present with an unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent → latch.empty + REMOVED_UNCOMMANDED
  observed open absent with an unlock unseen → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost * → latch.dark
  unlock * → latch.releasing.pulsing + pulse 1
  unlock with an unlock unseen → latch.releasing.pulsing + failed(superseded) + pulse 1
  flapping → sensor.suspect
  steady * → stays + failed(no_motion) + UNLOCK_FAILED
  serviceSet inService → stays
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  jamCleared → latch.secured
  observed *, pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady → refused
  unlock when disabled → refused: bay_disabled
  due * → refused: deadline_not_pending
sensor.suspect
  observed *, serviceSet inService → stays
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present by a doubtful sensor → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present with an unlock unseen → latch.ajar.undetermined
  observed open absent → latch.empty + REMOVED_UNCOMMANDED
  observed open absent with an unlock unseen → latch.empty
  lost * → latch.dark
  unlock * → latch.releasing.pulsing + pulse 1
  unlock with an unlock unseen → latch.releasing.pulsing + failed(superseded) + pulse 1
  steady → sensor.trusted
  steady with an unlock unseen → sensor.trusted + failed(no_motion) + UNLOCK_FAILED
  steady with a second unlock unseen → latch.jammed sensor.trusted + failed(no_motion) + UNLOCK_FAILED + JAMMED
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, flapping, jamCleared → refused
  due * → refused: deadline_not_pending
service.returnOnly
  observed *, serviceSet returnOnly → stays
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present by a doubtful sensor → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present with an unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent → latch.empty + REMOVED_UNCOMMANDED
  observed open absent with an unlock unseen → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost * → latch.dark
  unlock * → latch.releasing.pulsing + pulse 1
  unlock with an unlock unseen → latch.releasing.pulsing + failed(superseded) + pulse 1
  flapping → sensor.suspect
  steady with an unlock unseen → stays + failed(no_motion) + UNLOCK_FAILED
  steady with a second unlock unseen → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  serviceSet inService → service.inService
  serviceSet maintenance → service.maintenance
  serviceSet disabled → service.disabled
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady, jamCleared → refused
  due * → refused: deadline_not_pending
service.maintenance
  observed *, serviceSet maintenance → stays
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present by a doubtful sensor → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present with an unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent → latch.empty + REMOVED_UNCOMMANDED
  observed open absent with an unlock unseen → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost * → latch.dark
  unlock * → latch.releasing.pulsing + pulse 1
  unlock with an unlock unseen → latch.releasing.pulsing + failed(superseded) + pulse 1
  flapping → sensor.suspect
  steady with an unlock unseen → stays + failed(no_motion) + UNLOCK_FAILED
  steady with a second unlock unseen → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  serviceSet inService → service.inService
  serviceSet returnOnly → service.returnOnly
  serviceSet disabled → service.disabled
  unlock when disabled → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady, jamCleared → refused
  due * → refused: deadline_not_pending
service.disabled
  observed *, serviceSet disabled → stays
  observed closed absent, observed closed absent with an unlock unseen → latch.latchedEmpty + BAY_LATCHED_EMPTY
  observed open present by a doubtful sensor → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present → latch.ajar.undetermined + RELEASED_UNCOMMANDED
  observed open present with an unlock unseen → latch.ajar.released + confirmed + UNLOCK_CONFIRMED
  observed open absent → latch.empty + REMOVED_UNCOMMANDED
  observed open absent with an unlock unseen → latch.empty + confirmed + UNLOCK_CONFIRMED + REMOVED
  lost * → latch.dark
  unlock for return only, unlock in maintenance → latch.releasing.pulsing + pulse 1
  flapping → sensor.suspect
  steady with an unlock unseen → stays + failed(no_motion) + UNLOCK_FAILED
  steady with a second unlock unseen → latch.jammed + failed(no_motion) + UNLOCK_FAILED + JAMMED
  serviceSet inService → service.inService
  serviceSet returnOnly → service.returnOnly
  serviceSet maintenance → service.maintenance
  unlock * → refused: bay_disabled
  pulsed *, pulseUncertain *, pulseRefused *, verified *, unverified, steady, jamCleared → refused
  due * → refused: deadline_not_pending
`

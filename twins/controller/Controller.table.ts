/**
 * What a controller does, state by state: every case of `Controller.classes.ts` and what must become of it. Read by a
 * person and kept by `Controller.machine.test.ts`; the format is told in `MachineTable.fixture.ts`.
 */
export const controllerTable = `
link.probing
  answered → link.polling
  silenced, due probeWindow → link.silent + lose bays(controller_silent)
  garbled → link.garbled + lose bays(controller_silent)
  busLost → link.busDown + lose bays(bus_down)
  disabled → link.disabled + lose bays(disabled)
  slowed, enabled → refused
link.polling
  slowed → link.slow
  silenced → link.silent + lose bays(controller_silent)
  garbled → link.garbled + lose bays(controller_silent)
  busLost → link.busDown + lose bays(bus_down)
  disabled → link.disabled + lose bays(disabled)
  answered, enabled → refused
  due probeWindow → refused: deadline_not_pending
link.slow
  answered → link.polling
  silenced → link.silent + lose bays(controller_silent)
  garbled → link.garbled + lose bays(controller_silent)
  busLost → link.busDown + lose bays(bus_down)
  disabled → link.disabled + lose bays(disabled)
  slowed, enabled → refused
  due probeWindow → refused: deadline_not_pending
link.garbled
  answered → link.polling
  silenced → link.silent
  busLost → link.busDown + lose bays(bus_down)
  disabled → link.disabled + lose bays(disabled)
  slowed, garbled, enabled → refused
  due probeWindow → refused: deadline_not_pending
link.silent
  answered → link.polling
  garbled → link.garbled
  busLost → link.busDown + lose bays(bus_down)
  disabled → link.disabled + lose bays(disabled)
  slowed, silenced, enabled → refused
  due probeWindow → refused: deadline_not_pending
link.busDown
  answered → link.polling
  silenced → link.silent
  garbled → link.garbled
  disabled → link.disabled + lose bays(disabled)
  slowed, busLost, enabled → refused
  due probeWindow → refused: deadline_not_pending
link.disabled
  enabled → link.probing
  answered, slowed, silenced, garbled, busLost, disabled → refused
  due probeWindow → refused: deadline_not_pending
`

/**
 * What a device does, state by state: every case of `Device.classes.ts` and what must become of it. Read by a person and
 * kept by `Device.machine.test.ts`; the format is told in `MachineTable.fixture.ts`.
 */
export const deviceTable = `
connection.enrolled
  bootAccepted * → connection.online sync.comparing + snapshot
  bootPended * → connection.pending
  bootRejected * → connection.quarantined
  decommissioned → connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  willReceived *, silenced, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
connection.pending
  bootAccepted * → connection.online sync.comparing + snapshot
  bootPended * → stays
  bootRejected * → connection.quarantined
  silenced → connection.offline
  decommissioned → connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
connection.online
  bootAccepted * → sync.comparing + snapshot
  bootPended * → connection.pending
  bootRejected * → connection.quarantined
  willReceived of this session → connection.lost
  silenced → connection.offline
  decommissioned → connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
connection.lost
  bootAccepted * → connection.online sync.comparing + snapshot
  bootPended * → connection.pending sync.unsynced
  bootRejected * → connection.quarantined sync.unsynced
  silenced, due lostConfirm → connection.offline sync.unsynced
  seen in this session → connection.online
  compared alike → stays
  compared with 3 divergences → sync.diverged
  decommissioned → connection.decommissioned sync.unsynced
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen * → refused
connection.offline
  bootAccepted *, seen in this session → connection.online sync.comparing + snapshot
  bootPended * → connection.pending
  bootRejected * → connection.quarantined
  decommissioned → connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, silenced, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
connection.quarantined
  bootAccepted * → connection.online sync.comparing + snapshot
  bootPended * → connection.pending
  bootRejected * → stays
  decommissioned → connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, silenced, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted *, bootPended *, bootRejected *, willReceived *, silenced, seen *, compared *, decommissioned → refused
  due lostConfirm → refused: deadline_not_pending
sync.comparing
  bootAccepted * → stays + snapshot
  bootPended * → connection.pending sync.unsynced
  bootRejected * → connection.quarantined sync.unsynced
  willReceived of this session → connection.lost
  silenced → connection.offline sync.unsynced
  compared alike → sync.inSync
  compared with 3 divergences → sync.diverged
  decommissioned → connection.decommissioned sync.unsynced
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen * → refused
  due lostConfirm → refused: deadline_not_pending
sync.inSync
  bootAccepted * → sync.comparing + snapshot
  bootPended * → connection.pending sync.unsynced
  bootRejected * → connection.quarantined sync.unsynced
  willReceived of this session → connection.lost
  silenced → connection.offline sync.unsynced
  compared alike → stays
  compared with 3 divergences → sync.diverged
  decommissioned → connection.decommissioned sync.unsynced
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen * → refused
  due lostConfirm → refused: deadline_not_pending
sync.diverged
  bootAccepted * → sync.comparing + snapshot
  bootPended * → connection.pending sync.unsynced
  bootRejected * → connection.quarantined sync.unsynced
  willReceived of this session → connection.lost
  silenced → connection.offline sync.unsynced
  compared alike → sync.inSync
  compared with 3 divergences → stays
  decommissioned → connection.decommissioned sync.unsynced
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen * → refused
  due lostConfirm → refused: deadline_not_pending
health.ok
  bootAccepted * → sync.comparing + snapshot
  bootPended * → connection.pending
  bootRejected * → connection.quarantined
  willReceived of this session → connection.lost
  silenced → connection.offline
  decommissioned → connection.decommissioned
  healthChanged to ok → stays
  healthChanged to degraded → health.degraded
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
health.degraded
  bootAccepted * → sync.comparing + snapshot
  bootPended * → connection.pending
  bootRejected * → connection.quarantined
  willReceived of this session → connection.lost
  silenced → connection.offline
  decommissioned → connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → stays
  healthChanged to faulted → health.faulted
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
health.faulted
  bootAccepted * → sync.comparing + snapshot
  bootPended * → connection.pending
  bootRejected * → connection.quarantined
  willReceived of this session → connection.lost
  silenced → connection.offline
  decommissioned → connection.decommissioned
  healthChanged to ok → health.ok
  healthChanged to degraded → health.degraded
  healthChanged to faulted → stays
  bootAccepted of an older session, bootPended of an older session, bootRejected of an older session,
    willReceived *, seen *, compared * → refused
  due lostConfirm → refused: deadline_not_pending
`

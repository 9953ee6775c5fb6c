import { machineDifferentialContract } from "../MachineDifferential.contract.ts"
import { machinePathsContract } from "../MachinePaths.contract.ts"
import { machineStorageContract } from "../MachineStorage.contract.ts"
import { machineTableContract } from "../MachineTable.contract.ts"
import { deviceClasses } from "./Device.classes.ts"
import { deviceTable } from "./Device.table.ts"

machineTableContract(deviceClasses, deviceTable)
machinePathsContract(deviceClasses, "connection.online")
machineStorageContract(deviceClasses)
machineDifferentialContract(deviceClasses, "connection")

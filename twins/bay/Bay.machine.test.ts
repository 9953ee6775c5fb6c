import { machineDifferentialContract } from "../MachineDifferential.contract.ts"
import { machinePathsContract } from "../MachinePaths.contract.ts"
import { machineStorageContract } from "../MachineStorage.contract.ts"
import { machineTableContract } from "../MachineTable.contract.ts"
import { bayClasses } from "./Bay.classes.ts"
import { bayTable } from "./Bay.table.ts"

machineTableContract(bayClasses, bayTable)
machinePathsContract(bayClasses, "latch.secured")
machineStorageContract(bayClasses)
machineDifferentialContract(bayClasses, "latch")

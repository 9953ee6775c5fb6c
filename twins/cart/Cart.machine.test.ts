import { machineDifferentialContract } from "../MachineDifferential.contract.ts"
import { machinePathsContract } from "../MachinePaths.contract.ts"
import { machineStorageContract } from "../MachineStorage.contract.ts"
import { machineTableContract } from "../MachineTable.contract.ts"
import { cartClasses } from "./Cart.classes.ts"
import { cartTable } from "./Cart.table.ts"

machineTableContract(cartClasses, cartTable)
machinePathsContract(cartClasses, "custody.available")
machineStorageContract(cartClasses)
machineDifferentialContract(cartClasses, "custody")

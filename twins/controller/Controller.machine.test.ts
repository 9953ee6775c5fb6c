import { machineDifferentialContract } from "../MachineDifferential.contract.ts"
import { machinePathsContract } from "../MachinePaths.contract.ts"
import { machineStorageContract } from "../MachineStorage.contract.ts"
import { machineTableContract } from "../MachineTable.contract.ts"
import { controllerClasses } from "./Controller.classes.ts"
import { controllerTable } from "./Controller.table.ts"

machineTableContract(controllerClasses, controllerTable)
machinePathsContract(controllerClasses, "link.polling")
machineStorageContract(controllerClasses)
machineDifferentialContract(controllerClasses, "link")

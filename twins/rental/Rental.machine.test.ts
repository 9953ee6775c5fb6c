import { machineDifferentialContract } from "../MachineDifferential.contract.ts"
import { machinePathsContract } from "../MachinePaths.contract.ts"
import { machineStorageContract } from "../MachineStorage.contract.ts"
import { machineTableContract } from "../MachineTable.contract.ts"
import { rentalClasses } from "./Rental.classes.ts"
import { rentalTable } from "./Rental.table.ts"

/** Instants of the memory: they come to the same after the state was left and entered again. */
const absolute = ["dueSoon", "overdue", "serious", "severe", "lost"]

machineTableContract(rentalClasses, rentalTable)
machinePathsContract(rentalClasses, "life.returned", absolute, ["verify"])
machineStorageContract(rentalClasses)
machineDifferentialContract(rentalClasses, "life")

/**
 * The edge cases of rentals, one by one (domain.md §6.10): the real edge and cloud services and simulated boards on virtual
 * time, each story told with the hands, wires and clocks of the case it is about.
 */
import { returnStories } from "./stories/ReturnStories.ts"
import { unlockStories } from "./stories/UnlockStories.ts"

unlockStories()
returnStories()

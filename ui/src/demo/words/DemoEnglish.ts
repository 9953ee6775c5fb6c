/** What the page of the demo says, in English, beside the words it shares with the dashboard. */
import type { TourStep } from "../TourStep.ts"

export const demoEnglish = {
  title: "A branch in your browser",
  lead: "Two boards, fourteen carts, people who come and go, and the real machines, all of it in this page. Nothing is sent anywhere.",
  toSignIn: "To the dashboard",
  time: {
    title: "Time",
    pause: "Pause",
    play: "Play",
    speed: (times: number) => `${times} times as fast`,
    people: "People come and go",
    seed: "Seed",
    seedHint: "The same seed is the same day.",
    again: "Start over",
    share: "Copy a link to this day",
    shared: "Copied",
  },
  site: {
    title: "The branch",
    device: "Raspberry Pi, the edge",
    cutLine: "Cut the line to the cloud",
    mendLine: "Mend the line",
    cutPower: "Cut the power",
    restorePower: "Restore the power",
    unheard: (count: number) =>
      count === 0
        ? "The cloud has heard everything."
        : count === 1
          ? "1 fact waits in the journal."
          : `${count} facts wait in the journal.`,
    noPower: "No power: nothing is polled.",
    agree: (count: number) =>
      count === 0 ? "Edge and cloud have never disagreed." : `Edge and cloud disagreed ${count} times.`,
  },
  bay: {
    hands: "A hand at this bay",
    handsLead: "What somebody who stands there can do. The twins learn of it only by the sensors.",
    mislatch: "Push it in, not far enough",
    noise: "Disturb the line",
    said: "The simulation says:",
    really: "What is really so",
    reallyText: (hook: string, cart: string) => `Hook ${hook}, ${cart}.`,
    cartIn: (cart: string) => `cart ${cart} in it`,
    noCart: "no cart in it",
    why: "Why not?",
    twins: "Statechart of",
  },
  wire: {
    title: "The wire",
    lead: "The frames between edge and boards. Polls that are answered as before are left out.",
    none: "Nothing yet.",
    sent: "sent",
    heard: "heard",
    junk: "noise",
  },
  phone: {
    title: "A shopper's phone",
    lead: "The page a shopper sees. The code by SMS is left out here.",
  },
  tour: {
    title: "Guided tour",
    step: (at: number, of: number) => `${at} of ${of}`,
    next: "Go on",
    back: "Back",
    steps: {
      branch: {
        title: "What you see",
        text: "Sixteen bays on two lock boards. Beside them stands the edge, a small computer that reads the boards ten times a second, and far away the cloud. In this page both run, with the same machines and the same rules as in a shop.",
        action: "Choose a bay",
      },
      twin: {
        title: "The machine is the twin",
        text: "Every cart, bay, board and device is a statechart. The lit states are where it is now; the numbered arrows are all that can happen next. The edge and the cloud run the same one, so what the cloud shows can always be checked.",
        action: "Show a bay's statechart",
      },
      unlock: {
        title: "One unlock",
        text: "A command is asked for once, lives ten seconds and never waits in a queue. Watch its stages, and on the wire the five bytes of the pulse. “Confirmed” is said only when the hook was read open, twice.",
        action: "Unlock the bay",
      },
      evidence: {
        title: "Evidence decides",
        text: "Nobody tells the system that a cart was taken. The sensors do: two equal reads are believed, and the event with its reading is in the list. What was not seen is called unknown, never assumed.",
        action: "Pull the cart out",
      },
      whyNot: {
        title: "Why not?",
        text: "Try to unlock the empty bay: the button is off and says why, in the machine's own words. “Why not?” below asks the machine about every event there is, and names the condition that fails.",
        action: "Show why not",
      },
      desired: {
        title: "Desired and reported",
        text: "What somebody wants and what is so are two things. Only configuration is ever desired and waits for its device. An unlock is never desired: cut the line and it is refused at once, because a lock that opens an hour late is worse than one that does not open.",
        action: "Cut the line",
      },
      offline: {
        title: "The branch goes on",
        text: "Without its line the edge still reads its boards. The cloud greys what it knows and says how old it is. Push the cart back, then mend the line: the journal is replayed, both sides compare, and nothing is lost.",
        action: "Return the cart, mend the line",
      },
      jam: {
        title: "When a lock jams",
        text: "A pulse that moves nothing is followed by one more, and only after reads that still say closed. Then the command has failed, and the bay says it is jammed if that happens again.",
        action: "Jam the lock and unlock",
      },
      power: {
        title: "Power cut",
        text: "Take the power away while an unlock is under way. When it is back, nothing is pulsed again: what became of it is read from the bay.",
        action: "Cut it in mid-unlock",
      },
      shopper: {
        title: "The shopper",
        text: "A rental is a machine, too. It is active only when its own cart was seen to leave, and it ends by itself when the cart is back and stays latched. Take a cart on the phone, and jam its lock to be given another.",
        action: "Take a cart on the phone",
      },
      yours: {
        title: "Now it is yours",
        text: "Break what you like, make time run faster, and send the link: the same seed is the same day.",
        action: "Let everybody come",
      },
    } satisfies Record<TourStep, { readonly title: string; readonly text: string; readonly action: string }>,
  },
}

export type DemoWords = typeof demoEnglish

/** What the installer's page says, in English, beside the words it shares with the dashboard. */
import type { Finding } from "#core/api/Commissionings.ts"
import type { BoardProbe } from "#core/api/BoardReports.ts"

export const installEnglish = {
  title: "Installation",
  lead: "Step by step, from the device in its box to a report with your name. What you have done is kept on this phone.",
  device: {
    title: "1. The device",
    lead: "Make a claim and scan it with the device, or type the code. It is good once, for a day.",
    claim: "New claim code",
    claiming: "Making it…",
    qr: "Claim code as a QR code",
    until: (time: string) => `Good until ${time}.`,
    none: "No device has joined this branch yet.",
  },
  boards: {
    title: "2. The boards",
    lead: "Ask the device to look at each board. No lock moves by it.",
    probe: (address: string) => `Look at board ${address}`,
    probing: "Looking…",
    none: "No board is installed here yet.",
    answers: {
      good: (ms: string) => `It answers well, within ${ms} ms.`,
      none: "It does not answer: is it powered, is its address selector right, is the cable plugged in? If every board of the bus is silent, A and B may be swapped.",
      garbled:
        "Its answers are damaged: look for a missing termination, another speed (19,200 baud is expected), or two boards with one address.",
      port_down: "The device cannot open its serial port: is the adapter plugged in?",
      busy: "The bus had no time for it. Ask again.",
    } satisfies Record<BoardProbe["looks"][number]["answer"], string | ((ms: string) => string)>,
    mixed: (good: number, of: number) => `${good} of ${of} reads were answered well: something disturbs the line.`,
  },
  walk: {
    title: "3. The bays",
    lead: "Stand at the bay. Take its cart out and push one in until it clicks: both lamps must follow. Then test the lock once.",
    progress: (done: number, of: number) => `${done} of ${of} bays are done.`,
    choose: "Bays of this branch",
    blink: "Let it blink",
    sensors: "Sensors",
    lock: "Lock",
    deaf: "The lamps do not follow the cart",
    notDeaf: "They do follow it",
    polarity:
      "A lamp that says the opposite of what you see means that the board's polarity is set the wrong way round.",
    test: (label: string) => `Test the lock of ${label}`,
    testLead: (label: string) =>
      `The lock of bay ${label} gives one pulse and its hook opens. Make sure that nobody leans on a cart there.`,
    testReason: "Commissioning: test of the lock",
    back: (label: string) => `Push the cart of ${label} back in until it clicks: then the test is undone.`,
    undone: "The bay is as it was before the test.",
    previous: "Bay before",
    next: "Next bay",
    none: "No bay is installed here yet.",
  },
  sign: {
    title: "4. Sign-off",
    lead: "The report names every bay and what was found, with your name and the time. It cannot be changed afterwards.",
    note: "Note",
    button: "Sign the report",
    signing: "Signing…",
    open: (count: number) => (count === 1 ? "1 bay is not done yet." : `${count} bays are not done yet.`),
    startOver: "Begin a new walk",
    may: "You may look here, but not sign: that is for installers.",
  },
  report: {
    title: "Reports",
    none: "Nothing was signed here yet.",
    by: (name: string, time: string) => `Signed by ${name}, ${time}`,
    sum: (good: number, of: number) => `${good} of ${of} bays good`,
    print: "Print",
    bay: "Bay",
  },
  findings: { good: "good", bad: "bad", untested: "not tested" } satisfies Record<Finding, string>,
}

export type InstallWords = typeof installEnglish

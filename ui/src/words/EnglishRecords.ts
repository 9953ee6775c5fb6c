/** What the pages of chains and branches say, in English. */
export const englishRecords = {
  records: {
    chains: "Chains",
    branches: "Branches",
    noChains: "There is no chain yet.",
    noBranches: "There is no branch yet.",
    name: "Name",
    slug: "Short name",
    slugHint: "Lower-case letters, digits and hyphens. It is in the topics of its devices and stays once there is one.",
    code: "Code",
    codeHint: "Letters, digits and hyphens, for example TLV-01. It stays once there is a device.",
    chain: "Chain",
    description: "Description",
    address: "Address",
    city: "City",
    timezone: "Time zone",
    state: "Record",
    states: { active: "In use", inactive: "Not in use", archived: "Archived" },
    lending: "Lending",
    returning: "Returning",
    onOff: { on: "on", off: "off" },
    createChain: "New chain",
    createBranch: "New branch",
    edit: "Edit",
    archive: "Archive",
    policy: "Terms of lending",
    policyLead: (name: string) => `For rentals of ${name} that begin from now on.`,
    policyFields: {
      lend_minutes: "Lent for, minutes",
      due_soon_minutes: "Reminded so long before, minutes",
      grace_minutes: "Overdue so long after, minutes",
      lost_minutes: "Lost so long after that, minutes",
    },
    switches: {
      lending: { on: "Lend again", off: "Stop lending" },
      returning: { on: "Take back again", off: "Send returns elsewhere" },
    },
    switchLeads: {
      lending: (name: string) => `Whether carts are lent in ${name}. Returns go on either way.`,
      returning: (name: string) =>
        `Whether shoppers are told to bring carts back to ${name}. A cart that latches is returned either way.`,
    },
    archiveChainLead: (name: string) =>
      `${name} is taken out of use; its history stays. Its branches must have been archived before.`,
    archiveBranchLead: (name: string) =>
      `${name} is taken out of use, once no rental is open there; its history stays.`,
    typeToConfirm: (text: string) => `Type ${text} to confirm`,
  },
}

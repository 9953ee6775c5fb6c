/**
 * The product's mark and name.
 */
export const Logo = () => (
  <span className="flex items-center gap-2 text-base font-semibold tracking-tight" dir="ltr">
    <svg viewBox="0 0 32 32" aria-hidden className="size-6">
      <rect width="32" height="32" rx="8" className="fill-accent-solid" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <path d="M7 9h3l3 11h9l3-8H12" />
      </g>
      <circle cx="14.5" cy="24.2" r="1.9" fill="#fff" />
      <circle cx="21" cy="24.2" r="1.9" fill="#fff" />
    </svg>
    CartWise
  </span>
)

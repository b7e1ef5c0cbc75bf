/** The name with its mark; `collapse` leaves the mark alone on a phone. */
export function Wordmark({ collapse = false }: { collapse?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg viewBox="0 0 24 24" aria-hidden="true" className="size-6">
        <rect width="24" height="24" rx="6" className="fill-accent" />
        <path d="M16.5 8V6.5h-9L12 12l-4.5 5.5h9V16" fill="none" className="stroke-on-accent" strokeWidth="1.8" strokeLinejoin="round" strokeLinecap="round" />
      </svg>
      <span className={collapse ? "max-sm:sr-only" : undefined}>SigmaSight</span>
    </span>
  );
}

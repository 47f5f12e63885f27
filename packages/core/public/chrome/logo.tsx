/** Our icon: a key whose bow is a latch. */
export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="5" fill="#0b64dd" />
      <g fill="none" stroke="#fff" strokeWidth="2" strokeLinecap="round">
        <circle cx="8.5" cy="12" r="3.5" />
        <path d="M12 12h7.5M16 12v3M19.5 12v3" />
      </g>
    </svg>
  );
}

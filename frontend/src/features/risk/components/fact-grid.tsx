import type { ReactNode } from "react";

import { Tip } from "@/components/ui/tip";

/** A few figures side by side, each under its name. */
export function FactGrid({ children }: { children: ReactNode }) {
  return <dl className="mb-3 grid grid-cols-2 gap-x-4 gap-y-2.5 sm:grid-cols-3">{children}</dl>;
}

interface FactProps {
  label: string;
  hint: string;
  children: ReactNode;
  detail?: ReactNode;
}

export function Fact({ label, hint, children, detail }: FactProps) {
  return (
    <div>
      <dt className="text-xs text-quiet">
        <Tip text={hint}>{label}</Tip>
      </dt>
      <dd className="mt-0.5 font-semibold">
        {children}
        {detail ? <span className="block text-xs font-normal text-quiet">{detail}</span> : null}
      </dd>
    </div>
  );
}

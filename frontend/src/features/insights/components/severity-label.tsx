import clsx from "clsx";
import { CircleAlert, Eye, Info, TriangleAlert, type LucideIcon } from "lucide-react";

import type { Severity } from "../api/insights";

const LOOKS: Record<Severity, { label: string; icon: LucideIcon; colour: string }> = {
  info: { label: "For information", icon: Info, colour: "text-quiet" },
  notice: { label: "Worth noticing", icon: Eye, colour: "text-accent" },
  warning: { label: "Warning", icon: TriangleAlert, colour: "text-warn" },
  critical: { label: "Critical", icon: CircleAlert, colour: "text-loss" },
};

export function SeverityLabel({ severity }: { severity: Severity }) {
  const { label, icon: Icon, colour } = LOOKS[severity];
  return (
    <span className={clsx("inline-flex items-center gap-1.5 text-xs font-medium", colour)}>
      <Icon aria-hidden="true" className="size-3.5" />
      {label}
    </span>
  );
}

import Link from "next/link";
import type { ComponentProps } from "react";

import { buttonClass, type Variant } from "./button";

/** A link that stands among buttons and looks like one. */
export function ButtonLink({ variant = "secondary", className, ...props }: ComponentProps<typeof Link> & { variant?: Variant }) {
  return <Link className={buttonClass(variant, false, className)} {...props} />;
}

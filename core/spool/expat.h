#ifndef VIRTSQL_CORE_SPOOL_EXPAT_H_
#define VIRTSQL_CORE_SPOOL_EXPAT_H_

// Includes expat, old or new. Since 2.9 (Debian 13) expat has functions for 64-bit positions and deprecates the two
// functions below, whose result is as wide as long. Older versions have only these two. Our code uses the old names;
// the macros turn them into the new functions if expat has them.
#include <expat.h>

#if XML_MAJOR_VERSION > 2 || (XML_MAJOR_VERSION == 2 && XML_MINOR_VERSION >= 9)
#define XML_GetCurrentByteIndex XML_GetCurrentByteIndex64
#define XML_GetCurrentByteCount XML_GetCurrentByteCount64
#endif

#endif  // VIRTSQL_CORE_SPOOL_EXPAT_H_

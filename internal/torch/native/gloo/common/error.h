// See ../context.h: ProcessGroupGloo.hpp includes this, and uses nothing of it.

// Constructors that wait until somebody needs LibTorch.
#pragma once

// gb_front_waits says whether the constructors of all libraries still wait.
int gb_front_waits(void);

// gb_front_start lets them run, and returns when they have. It may be called once.
void gb_front_start(void);

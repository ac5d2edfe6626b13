// Whether this process runs without LibTorch's constructors, to answer a question.
#pragma once

#define GB_FRONT_PASS "GOBERT_STARTS_LIBTORCH"  // in the environment; see front.go

int gb_front_answers(void);

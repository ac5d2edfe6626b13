/* Letting the kernels' host build serve tensors of the CPU. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

void gobert_host_serve(int on, int backwards);
int gobert_host_launches(void);

#ifdef __cplusplus
}
#endif

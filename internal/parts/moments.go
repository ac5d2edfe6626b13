package parts

import "gobert/internal/torch"

// Bring lends rank 0 the moments of all ranks, fp32 [P] each in the host's memory, which are 0 where nothing is trained, until they are released; other ranks
// have nothing to release. The cleared gradient serves them as room, and is clear afterwards. It waits for other ranks.
func (t *Team) Bring(own ...*torch.Tensor) (whole []*torch.Tensor, release func(), err error) {
	release = func() { torch.FreeAll(whole) }
	for _, moments := range own {
		one, err := t.bring(moments)
		if err != nil {
			release()
			return nil, nil, err
		}
		whole = append(whole, one)
	}
	return whole, release, nil
}

// bring is Bring for one row; nil on other ranks than the first.
func (t *Team) bring(own *torch.Tensor) (whole *torch.Tensor, err error) {
	if t.Alone() && own.Numel() == t.gradient.Numel() {
		return own.Alias(), nil // this rank has all
	}
	err = torch.Run(func() error {
		t.each(t.gradient, own, func(share, moments *torch.Tensor) { share.CopyFrom(moments, false) })
		return nil
	})
	if err == nil {
		err = t.Gather(t.gradient)
	}
	if err != nil {
		return nil, err
	}
	err = torch.Run(func() error {
		if t.Leads() {
			whole = torch.NewEmpty(torch.Float32, torch.CPU, t.gradient.Numel())
			whole.CopyFrom(t.gradient, false)
		}
		t.Clear()
		return nil
	})
	return whole, err
}

// Take gives this rank's moments their part of all, fp32 [P]. It runs on the LibTorch thread.
func (t *Team) Take(own, whole *torch.Tensor) {
	t.each(whole, own, func(share, moments *torch.Tensor) { moments.CopyFrom(share, false) })
}

// each goes over the shares, with the views of whole and own.
func (t *Team) each(whole, own *torch.Tensor, f func(share, moments *torch.Tensor)) {
	at := int64(0)
	for _, s := range t.mine {
		share, moments := whole.View(s.At, s.N), own.View(at, s.N)
		at += s.N
		f(share, moments)
		torch.FreeAll([]*torch.Tensor{share, moments})
	}
}

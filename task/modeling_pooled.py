"""A BERT classifier over the mean or the maximum of all tokens, for transformers (trust_remote_code=True)."""
import torch
from transformers import BertModel, BertPreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput


class PooledBertClassifier(BertPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.num_labels = config.num_labels
        self.bert = BertModel(config, add_pooling_layer=False)
        rate = config.classifier_dropout if config.classifier_dropout is not None else config.hidden_dropout_prob
        self.dropout = torch.nn.Dropout(rate)
        self.classifier = torch.nn.Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def forward(self, input_ids=None, attention_mask=None, token_type_ids=None, labels=None, **kwargs):
        states = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        real = attention_mask[:, :, None].to(states.dtype)
        if self.config.classifier_pooling == "mean":
            pooled = (states * real).sum(1) / real.sum(1)
        else:
            pooled = states.masked_fill(real == 0, torch.finfo(states.dtype).min).max(1).values
        logits = self.classifier(self.dropout(pooled))
        loss = None
        if labels is not None:
            problem = self.config.problem_type
            if problem == "regression":
                loss = torch.nn.functional.mse_loss(logits.squeeze(), labels.squeeze())
            elif problem == "multi_label_classification":
                loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
            else:
                loss = torch.nn.functional.cross_entropy(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)
